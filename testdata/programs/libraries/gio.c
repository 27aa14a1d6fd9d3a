// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GLib's pools, GIO's worker and its monitors of files live on. With an
// argument, a thread of the user's is left.
#include "threads.h"
#include <gio/gio.h>
#include <unistd.h>

static void loaded(GObject *Source, GAsyncResult *Result, gpointer Loop) {
  (void)Source, (void)Result;
  g_main_loop_quit(Loop);
}

static gpointer own(gpointer Unused) {
  pause();
  return Unused;
}

int main(int Argc, char **Argv) {
  GMainLoop *Loop = g_main_loop_new(NULL, FALSE);
  GFile *File = g_file_new_for_path(Argv[0]);
  GFileMonitor *Monitor = g_file_monitor_file(File, 0, NULL, NULL);
  (void)Monitor;
  g_file_load_contents_async(File, NULL, loaded, Loop);
  g_main_loop_run(Loop);
  if (Argc > 1)
    g_thread_unref(g_thread_new("own", own, NULL));
  printThreads();
}
