# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How many programs fail visibly at least once in a number of runs, and in at
least 5 % of them; each way of running in turn, on an otherwise idle machine."""
import collections
import os
import shutil
import statistics
import subprocess
import tempfile

from driver import environment, run_once

# bar: fails at least once, often, with a report of TSan's, ms a run; None: none.
Way = collections.namedtuple("Way", "name variant preload options tsan bar")
Bar = collections.namedtuple("Bar", "once often report ms")

# twin: the corrected one failed too, so that the way of running is to blame.
Result = collections.namedtuple("Result", "once often report seconds twin")


def ways(args):
    """All ways there are, and a sentence for those that are not."""
    jitter = "jitter=1:seed={seed}"
    result = [
        Way("native", "plain", False, None, False, None),
        Way("raddle's jitter, no rebuild", "plain", True, jitter, False,
            Bar(24, 18, None, 7)),
        Way("TSan 22", "tsan", False, None, True, None),
        Way("TSan 22 with raddle's jitter", "tsan", True, jitter, True,
            Bar(15, 10, 37, 25)),
        Way("access points, jitter", "points", True, jitter, False,
            Bar(33, 26, None, 6)),
        Way("access points, schedules", "points", True,
            "schedule=portfolio:seed={seed}:knowledge={knowledge}", False,
            Bar(33, 26, None, 6)),
    ]
    missing = []
    if args.tsan23 and shutil.which(args.tsan23):
        for aggressive in (False, True):
            more = ":adaptive_delay_aggressiveness=100" if aggressive else ""
            result.insert(4, Way(
                "TSan 23, adaptive delay" + (", aggressive" if aggressive
                                             else ""),
                "tsan23", False, "enable_adaptive_delay=1" + more, True, None))
    else:
        missing.append(f"TSan 23's adaptive delay ({args.tsan23} is not "
                       "installed)")
    for way in list(result):
        if way.variant != "tsan23" and not os.path.isdir(
                os.path.join(args.programs_folder, way.variant)):
            missing.append(f"{way.name} (not built)")
            result.remove(way)
    if args.ways:
        result = [w for w in result
                  if any(part in w.name for part in args.ways.split(","))]
    return result, missing


def build_tsan23(args, name, folder):
    """With the newer compiler, from the same sources."""
    base, _, size = name.rpartition("-")
    source = os.path.join(args.sources, name)
    flags = []
    if not any(os.path.exists(source + e) for e in (".c", ".cpp")):
        source, flags = os.path.join(args.sources, base), ["-DSIZE=" + size]
    compiler = args.tsan23
    extension = ".c"
    if not os.path.exists(source + extension):
        compiler = compiler.replace("clang", "clang++")
        extension = ".cpp"
        flags.append("-std=c++20")
    program = os.path.join(folder, name)
    subprocess.run([compiler, "-O1", "-g", "-pthread", "-fsanitize=thread",
                    *flags, source + extension, "-o", program], check=True)
    return program


def outcomes(args, way, name, folder, count):
    """Of runs one after the other, each with another seed."""
    if way.variant == "tsan23":
        program = build_tsan23(args, name, folder)
    else:
        program = os.path.join(args.programs_folder, way.variant, name)
    knowledge = os.path.join(folder, name + ".knowledge")
    with tempfile.TemporaryFile() as log:
        for run in range(count):
            more, options = {}, None
            if way.tsan:
                more["TSAN_OPTIONS"] = "exitcode=66" + (
                    ":" + way.options if way.variant == "tsan23" else "")
            if way.preload:
                options = way.options.format(seed=run + 1, knowledge=knowledge)
            env = environment(args.runtime if way.preload else None, options,
                              more)
            yield run_once(program, env, args.limit, log)


def measure(args, way, name, folder):
    """Ends early once both answers are known: ten failures of 200 are 5 %."""
    often = max(1, args.runs // 20)
    failures, report, seconds = 0, False, []
    for outcome in outcomes(args, way, name, folder, args.runs):
        failures += outcome.how is not None
        report = report or outcome.report
        if outcome.how != "hang":
            seconds.append(outcome.seconds)
        if failures >= often and (report or not way.tsan):
            break
    # A way that breaks programs would look like one that finds bugs.
    twin = way.variant != "tsan23" and any(
        outcome.how for outcome in outcomes(args, way, name + "-fixed", folder,
                                            min(10, args.runs)))
    return Result(failures > 0, failures >= often, report or failures > 0,
                  statistics.median(seconds) if seconds else None, twin)


def share_table(args, names, tell):
    found, missing = ways(args)
    lines = [f"Of {len(names)} programs, {args.runs} runs of each:", "",
             "| configuration | fails visibly | in >= 5 % of runs | or a TSan "
             "report | twins that fail, 10 runs | ms a run | raddle's bar |",
             "|---" * 7 + "|"]
    per_program = {}
    with tempfile.TemporaryDirectory() as folder:
        for way in found:
            results = {}
            for name in names:
                tell(f"{way.name}: {name}")
                results[name] = measure(args, way, name, folder)
            per_program[way.name] = results
            times = [r.seconds for r in results.values() if r.seconds]
            ms = 1000 * statistics.mean(times) if times else 0
            bar = ""
            if way.bar and len(names) == 42:
                bar = f"{way.bar.once} / {way.bar.often} / " \
                      f"{way.bar.report or '-'} / {way.bar.ms} ms"
            lines.append(
                f"| {way.name} | {sum(r.once for r in results.values())} | "
                f"{sum(r.often for r in results.values())} | "
                f"{sum(r.report for r in results.values())} | "
                f"{sum(r.twin for r in results.values())} | {ms:.1f} | "
                f"{bar} |")
    lines += ["", "Each program: ● in at least 5 % of the runs, ○ at least "
              "once, · not, r: TSan has a report.", "",
              "| program | " + " | ".join(w.name for w in found) + " |",
              "|---" * (len(found) + 1) + "|"]
    for name in names:
        cells = []
        for way in found:
            r = per_program[way.name][name]
            mark = "●" if r.often else "○" if r.once else "·"
            cells.append(mark + (" r" if way.tsan and r.report else ""))
        lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
    if missing:
        lines += ["", "Left out: " + "; ".join(missing) + "."]
    return lines
