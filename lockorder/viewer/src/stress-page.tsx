// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stress campaigns: the failures they met, and what each test's runs are worth.

import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Report } from "./data.ts";
import { FullName, Message, ShortName } from "./names.tsx";
import { usePrinting } from "./printing.ts";
import { failureLink } from "./route.ts";
import { counted, durationText } from "./run-words.ts";
import { SearchBox } from "./search-box.tsx";
import type { Campaign, StressFailure, StressTest } from "./stress-data.ts";
import { countText, failureKind, rateOf, rateText, testName, worthText } from "./stress-words.ts";
import { VirtualList } from "./virtual-list.tsx";

const SHOWN = 200;
/** Fewer need no search. */
const SEARCH_FROM = 12;

export function StressPage({ report }: { report: Report }): VNode {
  const { campaigns, failures } = report.data.run?.stress ?? { campaigns: [], failures: [] };
  const runs = campaigns.reduce((sum, { runs }) => sum + runs, 0);
  const failed = campaigns.reduce((sum, { failed }) => sum + failed, 0);
  return (
    <>
      <h1 tabIndex={-1}>Stress</h1>
      <p class="lead">
        {campaigns.length === 0
          ? "No stress campaign is in this report."
          : `${counted(runs, "run")}, each in another order of the threads' steps; ${failed === 0 ? "none" : failed.toLocaleString("en")} of them failed.`}
      </p>
      {failures.length > 0 && (
        <section>
          <h2>
            What failed <span class="count">{failures.length}</span>
          </h2>
          <VirtualList items={[...failures.keys()]} rowHeight={62} label="Failures" resetOn="" link={(index) => failureLink(index)} row={(index) => <Row report={report} failure={failures[index]} />} />
        </section>
      )}
      {campaigns.map((campaign, index) => (
        <CampaignSection key={index} campaign={campaign} number={index} failures={failures.filter((failure) => failure.campaign === index)} report={report} />
      ))}
    </>
  );
}

function Row({ report, failure }: { report: Report; failure: StressFailure }): VNode {
  const campaign = report.data.run!.stress.campaigns[failure.campaign];
  const test = failure.test === null ? undefined : campaign?.tests[failure.test];
  const finding = failure.finding === null ? undefined : report.data.findings[failure.finding];
  const story = failure.timeline?.story[0];
  return (
    <span class="finding-row failure-row">
      <FailureBadge failure={failure} />
      <span class="row-main">
        <span class="row-title"><Message text={finding?.message || failure.says || failureKind(failure)} length={160} name={60} /></span>
        <span class="row-sub">
          <span>{countText(campaign, failure)}</span>
          {test && <span>in <ShortName text={testName(test)} length={50} /></span>}
          {story && <span><ShortName text={story} length={90} /></span>}
        </span>
      </span>
    </span>
  );
}

export function FailureBadge({ failure }: { failure: StressFailure }): VNode {
  return (
    <span class="level level-error failure-badge">
      <svg viewBox="0 0 14 14" width="12" height="12" aria-hidden="true">
        <path d="M5 0.5h4l3.5 3.5v6L9 13.5H5L1.5 10V4z" />
      </svg>
      <ShortName text={failureKind(failure)} length={26} />
    </span>
  );
}

function CampaignSection({ report, campaign, number, failures }: { report: Report; campaign: Campaign; number: number; failures: StressFailure[] }): VNode {
  const printing = usePrinting();
  const [filter, setFilter] = useState("");
  const [all, setAll] = useState(false);
  const { tests } = campaign;
  // Those that failed first, the others in the order in which they ran.
  const order = useMemo(() => [...tests.keys()].sort((a, b) => Number(tests[b].failures > 0) - Number(tests[a].failures > 0) || a - b), [tests]);
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = words.length === 0 ? order : order.filter((index) => words.every((word) => `${testName(tests[index])} ${tests[index].build} ${tests[index].strategy}`.toLowerCase().includes(word)));
  const shown = all || printing ? matching : matching.slice(0, SHOWN);
  const distinct = useMemo(() => new Set(tests.map((test) => JSON.stringify([test.program, test.name]))).size, [tests]);
  const numbers = report.data.run!.stress.failures;
  const failuresOf = (test: number) => failures.filter((failure) => failure.test === test).map((failure) => numbers.indexOf(failure));
  return (
    <section class="campaign" data-campaign={number}>
      <h2>
        <code><FullName text={campaign.command || "(command not known)"} /></code>
      </h2>
      <p class="quiet">
        {counted(campaign.runs, "run")} of {counted(distinct, "test")} in {durationText(campaign.seconds)}; {campaign.failed === 0 ? "none failed" : campaign.failed.toLocaleString("en") + " failed"}.
        {" "}The failure rate is what was seen; "at most" and "below" is what it may be, with 95 % certainty.
      </p>
      {tests.length >= SEARCH_FROM && (
        <div class="toolbar" role="search">
          <SearchBox label="Search tests" placeholder="Test, build, strategy …" value={filter} onChange={setFilter} />
        </div>
      )}
      <div class="table-scroll">
        <table class="table stress-tests">
          <thead>
            <tr>
              <th scope="col">Test</th>
              <th scope="col">Build</th>
              <th scope="col">Strategy</th>
              <th scope="col" class="num">Runs</th>
              <th scope="col" class="num">Failed</th>
              <th scope="col" title="The bars go from 0.01 % to 100 %, ten times more at each mark">Failure rate</th>
              <th scope="col" class="num">Points</th>
              <th scope="col" class="num">Time</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((index) => (
              <TestRow key={index} test={tests[index]} failures={failuresOf(index)} />
            ))}
          </tbody>
        </table>
      </div>
      {matching.length === 0 && <p class="empty">{tests.length === 0 ? "No test ran." : "No test matches."}</p>}
      {shown.length < matching.length && (
        <button type="button" class="link-button" onClick={() => setAll(true)}>
          {(matching.length - shown.length).toLocaleString("en")} more
        </button>
      )}
    </section>
  );
}

function TestRow({ test, failures }: { test: StressTest; failures: number[] }): VNode {
  const worth = worthText(test);
  return (
    <tr class={test.failures ? "test-failed" : undefined}>
      <th scope="row">
        <code><FullName text={testName(test)} length={90} /></code>
        {test.flaky && <span class="flaky-tag">flaky</span>}
        {failures.map((index, at) => (
          <a class="test-failure" href={failureLink(index)}>
            failure{failures.length > 1 && " " + (at + 1)}
          </a>
        ))}
      </th>
      <td><ShortName text={test.build || "–"} length={30} /></td>
      <td><ShortName text={test.strategy || "–"} length={30} /></td>
      <td class="num">{test.runs.toLocaleString("en")}</td>
      <td class="num">{test.failures.toLocaleString("en")}</td>
      <td class="rate" title={worth}>
        <RateBar test={test} />
        <span>{rateText(test)}</span>
        {worth && <span class="sr-only">{worth}</span>}
      </td>
      <td class="num">{test.points && test.runs ? test.points.toLocaleString("en") : "–"}</td>
      <td class="num">{test.runs ? durationText(test.seconds) : "–"}</td>
    </tr>
  );
}

/** From 0.01 % to 100 %, each power of ten as wide: the rate, and up to its upper end. */
function RateBar({ test }: { test: StressTest }): VNode {
  const width = 84;
  const at = (share: number) => Math.max(0, Math.min(width, ((Math.log10(Math.max(share, 1e-4)) + 4) / 4) * width));
  const rate = at(rateOf(test));
  const bound = test.runs ? Math.max(rate, at(test.bound)) : 0;
  return (
    <svg class="rate-bar" viewBox={`0 0 ${width} 10`} width={width} height={10} aria-hidden="true">
      <rect class="rate-ground" width={width} height={10} rx={2} />
      <rect class="rate-bound" width={bound} height={10} rx={2} />
      {test.failures > 0 && <rect class="rate-known" width={rate} height={10} rx={2} />}
      {[1, 2, 3].map((power) => <path class="rate-tick" d={`M${(power * width) / 4} 0v10`} />)}
    </svg>
  );
}
