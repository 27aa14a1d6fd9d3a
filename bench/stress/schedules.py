# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Controlled schedules: how many until the first failure, whether equal seeds
give equal logs, and whether a corrected twin ever fails. Cells are measured by
several processes at once; none of the figures but the times depends on that."""
import collections
import os
import shutil
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor

from driver import (ForkServer, RunLog, end_with_parent, environment, run_once)
from programs import SCHEDULERS

# To the first failure: schedules of each trial that found one; tried: trials,
# runs: all schedules. why: the cell was cut short.
Cell = collections.namedtuple("Cell", "first tried runs seconds why")
Twin = collections.namedtuple("Twin", "runs failures seconds why")


def schedule(name, seed, knowledge):
    return f"schedule={name}:seed={seed}:knowledge={knowledge}"


def runs(program, runtime, folder, options, limit):
    """Outcomes for a stream of options, by the fork server where the program
    allows it, which is begun anew when it is gone; else by exec."""
    # It is one only with a schedule, which each request then replaces.
    def begin():
        return ForkServer(program, runtime, "schedule=random")

    server = begin()
    with tempfile.TemporaryFile(dir=folder) as log:
        try:
            for text in options:
                outcome = server.run(text, limit) if server.ready else None
                if outcome is None and server.ready:
                    server.close()
                    server = begin()
                if outcome is None:
                    outcome = run_once(program, environment(runtime, text),
                                       limit, log)
                yield outcome
        finally:
            server.close()


def first_failures(args, program, scheduler):
    """One cell: every trial has seeds of its own, and learns from nothing."""
    folder = tempfile.mkdtemp(prefix="raddle-bench")
    begin = time.monotonic()
    first, total, tried, why = [], 0, 0, ""
    try:
        for trial in range(args.trials):
            knowledge = os.path.join(folder, f"knowledge.{trial}")
            seed = args.first_seed + trial * 1000003
            texts = (schedule(scheduler, seed + i, knowledge)
                     for i in range(args.cap))
            count = 0
            for outcome in runs(program, args.runtime, folder, texts,
                                args.limit):
                count += 1
                if outcome.how:
                    first.append(count)
                    break
                if time.monotonic() - begin > args.cell_seconds:
                    why = "time"
                    break
            total += count
            tried += not why
            if why:
                break
            # Three trials without a failure: not found, and it stays so.
            if not first and tried == 3 and count == args.cap:
                break
        return Cell(first, tried, total, time.monotonic() - begin, why)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def twin_failures(args, program, scheduler):
    folder = tempfile.mkdtemp(prefix="raddle-bench")
    begin = time.monotonic()
    count, failures, why = 0, [], ""
    try:
        knowledge = os.path.join(folder, "knowledge")
        texts = (schedule(scheduler, i + 1, knowledge)
                 for i in range(args.twin_schedules))
        for outcome in runs(program, args.runtime, folder, texts, args.limit):
            count += 1
            if outcome.how:
                failures.append((count, outcome.how, outcome.code))
            if time.monotonic() - begin > args.cell_seconds:
                why = "time"
                break
        return Twin(count, failures, time.monotonic() - begin, why)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def equal_logs(args, program, scheduler):
    """How many of the runs of one seed, each by exec and so with addresses of
    its own, had the log of the first; and ms a run."""
    folder = tempfile.mkdtemp(prefix="raddle-bench")
    seen, begin = collections.Counter(), time.monotonic()
    try:
        log = RunLog(os.path.join(folder, "log"))
        with tempfile.TemporaryFile(dir=folder) as text:
            for _ in range(args.equal_runs):
                log.fresh()
                run_once(program, environment(
                    args.runtime, f"schedule={scheduler}:seed=7:run_log="
                    f"{log.path}"), args.limit, text)
                seen[log.read()] += 1
        # A run that noted nothing is equal to none.
        seen.pop(None, None)
        return max(seen.values(), default=0), len(seen), \
            time.monotonic() - begin
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_parallel(args, work, cells, tell):
    """work(args, program, scheduler) for all cells, by key."""
    result = {}
    with ProcessPoolExecutor(args.jobs, initializer=end_with_parent) as pool:
        futures = {key: pool.submit(work, args, *key_args)
                   for key, key_args in cells.items()}
        for key, future in futures.items():
            result[key] = future.result()
            tell(f"{work.__name__}: {' '.join(key)}")
    return result


def mean_text(cell, cap):
    if not cell.first:
        return f"NF in {cell.runs:,}" if cell.why or cell.runs < cap else "NF"
    # As published: the mean of those trials that found it.
    mean = statistics.mean(cell.first)
    text = f"{mean:.1f}" if mean < 10 else f"{mean:,.0f}"
    if len(cell.first) < cell.tried or cell.why:
        text += f" ({len(cell.first)} of {cell.tried + bool(cell.why)})"
    return text


def program_path(args, name):
    return os.path.join(args.programs_folder, "points", name)


def first_table(args, names, tell):
    schedulers = args.schedulers or SCHEDULERS
    cells = in_parallel(args, first_failures, {
        (name, s): (program_path(args, name), s)
        for name in names for s in schedulers}, tell)
    execs = in_parallel(args, exec_time, {
        (name,): (program_path(args, name), "random") for name in names}, tell)
    lines = [f"Mean number of schedules to the first failure, {args.trials} "
             f"trials, at most {args.cap:,} schedules each. NF: none of three "
             "trials found it; \"in n\": the cell's "
             f"{args.cell_seconds:.0f} s were over after n schedules.", "",
             "| program | " + " | ".join(schedulers) +
             " | ms a schedule, fork server | by exec |",
             "|---" * (len(schedulers) + 3) + "|"]
    for name in names:
        row = [cells[(name, s)] for s in schedulers]
        total = sum(c.runs for c in row)
        ms = 1000 * sum(c.seconds for c in row) / max(total, 1)
        lines.append(f"| `{name}` | " +
                     " | ".join(mean_text(c, args.cap) for c in row) +
                     f" | {ms:.2f} | {execs[(name,)]:.1f} |")
    best = [sum(1 for name in names if cells[(name, s)].first)
            for s in schedulers]
    lines.append(f"| found, of {len(names)} | " +
                 " | ".join(str(b) for b in best) + " | | |")
    return lines


def exec_time(args, program, scheduler):
    """Median ms of a schedule that begins with exec."""
    times = []
    with tempfile.TemporaryFile() as log:
        for i in range(20 if not args.quick else 3):
            outcome = run_once(program, environment(
                args.runtime, f"schedule={scheduler}:seed={i}"), args.limit,
                log)
            times.append(outcome.seconds)
    return 1000 * statistics.median(times)


def equal_table(args, names, tell):
    schedulers = args.schedulers or ["pos"]
    results = in_parallel(args, equal_logs, {
        (name, s): (program_path(args, name), s)
        for name in names for s in schedulers}, tell)
    unequal = [f"`{' '.join(key)}`: {same} of {args.equal_runs}, {kinds} "
               "different logs" for key, (same, kinds, _) in results.items()
               if same != args.equal_runs]
    return [f"{len(results) - len(unequal)} of {len(results)} programs "
            f"({', '.join(schedulers)}, one seed each): {args.equal_runs} of "
            f"{args.equal_runs} equal event logs by exec, address "
            "randomisation on."] + \
        (["", "Not equal: " + "; ".join(unequal) + "."] if unequal else [])


def twin_table(args, names, tell):
    schedulers = args.schedulers or \
        [s for s in SCHEDULERS if s != "portfolio"]
    results = in_parallel(args, twin_failures, {
        (name, s): (program_path(args, name + "-fixed"), s)
        for name in names for s in schedulers}, tell)
    lines = [f"Corrected twins, up to {args.twin_schedules:,} schedules of each "
             "scheduler:", "",
             "| scheduler | twins | schedules | failures | ms a schedule | cut "
             f"short by {args.cell_seconds:.0f} s |", "|---" * 6 + "|"]
    for s in schedulers:
        row = [results[(name, s)] for name in names]
        total = sum(t.runs for t in row)
        ms = 1000 * sum(t.seconds for t in row) / max(total, 1)
        lines.append(f"| {s} | {len(row)} | {total:,} | "
                     f"{sum(len(t.failures) for t in row)} | {ms:.2f} | "
                     f"{sum(t.why == 'time' for t in row)} |")
    wrong = [f"`{name}-fixed`, {s}: {len(t.failures)} of {t.runs}, first with "
             f"seed {t.failures[0][0]} ({t.failures[0][1]} "
             f"{t.failures[0][2]})" for (name, s), t in results.items()
             if t.failures]
    return lines + (["", "Failures: " + "; ".join(wrong) + "."] if wrong
                    else [])
