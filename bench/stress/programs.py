# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The programs of testdata/programs/stress, by what they are measured for."""
import os

# For controlled schedules alone: larger sizes, and one that is very hard.
LARGE = ["reorder-5", "reorder-10", "reorder-20", "reorder-50", "reorder-100",
         "twostage-50", "twostage-100", "dining-5", "safestack"]

# The rows that have published figures; the others follow.
PUBLISHED = ["account", "reorder-3", "reorder-5", "reorder-10", "reorder-20",
             "reorder-50", "reorder-100", "twostage", "twostage-20",
             "twostage-50", "twostage-100", "wronglock", "stringbuffer",
             "bluetooth", "work-stealing", "bounded-buffer", "dining-3",
             "crossed-locks", "safestack"]

SCHEDULERS = ["random", "pct", "pos", "surw", "orders", "portfolio"]


def find_programs(folder):
    """All with a twin, by name."""
    names = sorted(name for name in os.listdir(folder)
                   if not name.endswith("-fixed") and
                   os.path.exists(os.path.join(folder, name + "-fixed")))
    if not names:
        raise SystemExit(f"{folder} has no programs: build "
                         "raddle_stress_programs")
    return names


def classic(names):
    return [name for name in names if name not in LARGE]


def in_order(names):
    """Published ones first, in that order."""
    return [n for n in PUBLISHED if n in names] + \
        [n for n in names if n not in PUBLISHED]
