// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One finding: its cycle, the call chain of the chosen edge, why it was not filtered, what to turn round.

import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { CallChain } from "./call-chain.tsx";
import { CycleDrawing } from "./cycle-drawing.tsx";
import type { Finding, Report, Witness } from "./data.ts";
import { useKeys } from "./keyboard.ts";
import { Markdown } from "./markdown.tsx";
import { FoundBadge, LevelBadge, LockName, Message, ShortName, Visible } from "./names.tsx";
import { usePrinting } from "./printing.ts";
import { edgeLink, findingLink, replaceHash } from "./route.ts";
import { SeenAtRunTime } from "./seen-at-run-time.tsx";
import { PlaceText } from "./source-view.tsx";

/** An edge of the cycle for which no call chain is recorded still has its acquisition sites. */
function chainsOf(report: Report, finding: Finding): Witness[] {
  const chains = [...finding.witnesses];
  for (const edge of finding.cycle ?? []) {
    if (chains.some((chain) => chain.edge === edge)) continue;
    const { from, to, places } = report.data.edges[edge];
    const name = (lock: number) => report.lockName(lock);
    chains.push({
      title: `'${name(from)}' is held, then '${name(to)}' is taken`,
      thread: "",
      edge,
      steps: places.map(({ place, function: fn }) => ({ kind: "acquire", function: fn, text: "takes " + name(to), place, held: [from] })),
    });
  }
  return chains;
}

interface Props { report: Report; finding: Finding; witness: number; previous: Finding | null; next: Finding | null; position: string }

export function FindingPage({ report, finding, witness: wanted, previous, next, position }: Props): VNode {
  const printing = usePrinting();
  const chains = useMemo(() => chainsOf(report, finding), [report, finding]);
  const chosen = Math.min(wanted, Math.max(0, chains.length - 1));
  const [step, setStep] = useState(0);
  const chainRef = useRef<HTMLElement>(null);
  useEffect(() => setStep(0), [finding, chosen]);

  const choose = (index: number) => replaceHash(findingLink(finding.id, index));
  const chooseEdge = (edge: number) => {
    choose(chains.findIndex((chain) => chain.edge === edge));
    requestAnimationFrame(() => chainRef.current?.scrollIntoView({ block: "nearest", behavior: "instant" }));
  };
  const moveStep = (by: number) => {
    const target = Math.min(Math.max(step + by, 0), (chains[chosen]?.steps.length ?? 1) - 1);
    setStep(target);
    chainRef.current?.querySelectorAll(".step")[target]?.scrollIntoView({ block: "nearest", behavior: "instant" });
  };
  useKeys({
    j: () => moveStep(1),
    k: () => moveStep(-1),
    "]": () => choose((chosen + 1) % chains.length),
    "[": () => choose((chosen + chains.length - 1) % chains.length),
    n: () => next && (location.hash = findingLink(next.id)),
    p: () => previous && (location.hash = findingLink(previous.id)),
    u: () => (location.hash = "#findings"),
  });

  const turn = finding.turnRound ?? null;
  const check = report.data.checks[finding.check];
  const numberOf = (edge: number) => chains.findIndex((chain) => chain.edge === edge) + 1;
  return (
    <article class="finding" data-finding={finding.id}>
      <nav class="crumbs" aria-label="Findings">
        <a href="#findings">← All findings</a>
        <span class="quiet">{position}</span>
        {previous && <a href={findingLink(previous.id)}>Previous</a>}
        {next && <a href={findingLink(next.id)}>Next</a>}
      </nav>
      <h1 tabIndex={-1}>
        <Message text={finding.message} name={80} unfold />
      </h1>
      <div class="finding-meta">
        <LevelBadge level={finding.level} />
        <code class="check-name"><ShortName text={finding.check} /></code>
        <PlaceText report={report} place={finding.place} />
        <a class="permalink" href={findingLink(finding.id)} title="Link to this finding; it stays the same when lines move">
          # <ShortName text={finding.id} length={20} />
        </a>
      </div>

      <SeenAtRunTime report={report} finding={finding} />

      <div class={finding.cycle?.length ? "finding-top" : "finding-top finding-top-plain"}>
        {finding.cycle && finding.cycle.length > 0 && (
          <div class="facts">
            <figure class="card drawing">
              <div class="drawing-scroll">
                <CycleDrawing report={report} cycle={finding.cycle} turned={turn?.edge ?? null} numberOf={numberOf} selected={chains[chosen]?.edge ?? null} onSelect={chooseEdge} />
              </div>
              <figcaption>
                An arrow from A to B: B is taken while A is held. Choose an arrow to see its call chain.
                {turn && " Dashed: the edge to turn round."}
              </figcaption>
            </figure>
            {turn && <TurnRound report={report} edge={turn.edge} why={turn.why} number={numberOf(turn.edge)} />}
          </div>
        )}
        <div class="facts">
          {finding.filters.length > 0 && (
            <section class="card">
              <h2>Why it was not filtered</h2>
              <dl class="filters">
                {finding.filters.map(({ rule, answer }) => (
                  <div>
                    <dt><Visible text={rule} /></dt>
                    <dd><Message text={answer} name={60} unfold /></dd>
                  </div>
                ))}
              </dl>
            </section>
          )}
          {finding.notes.length > 0 && (
            <section class="card">
              <h2>Notes</h2>
              <ul>{finding.notes.map((note) => <li><Message text={note} name={60} unfold /></li>)}</ul>
            </section>
          )}
          {check && (
            <details class="card check-help">
              <summary>
                <span class="check-summary"><Visible text={check.summary} /></span>
              </summary>
              <Markdown text={check.help ?? ""} />
            </details>
          )}
        </div>
      </div>

      {chains.length > 0 && (
        <section class="chains" ref={chainRef} aria-label="Call chains">
          {chains.length > 1 && <ChainTabs report={report} chains={chains} chosen={chosen} turned={turn?.edge ?? null} onChoose={choose} />}
          {(printing ? chains : chains.slice(chosen, chosen + 1)).map((chain) => (
            <div id="chain-panel" role={chains.length > 1 ? "tabpanel" : undefined} aria-labelledby={chains.length > 1 ? "chain-tab-" + chosen : undefined}>
              <CallChain report={report} witness={chain} step={step} onStep={setStep} />
            </div>
          ))}
        </section>
      )}
    </article>
  );
}

function TurnRound({ report, edge, why, number }: { report: Report; edge: number; why: string; number: number }): VNode {
  const { from, to } = report.data.edges[edge];
  return (
    <section class="card turn-round">
      <h2>Turn round edge {number}</h2>
      <p>
        Take <LockName report={report} lock={to} /> before <LockName report={report} lock={from} />. <a href={edgeLink(edge)}>Its sites</a>
      </p>
      {why && (
        <p class="quiet">
          Why this one: <Message text={why} name={44} unfold />
        </p>
      )}
    </section>
  );
}

function ChainTabs({ report, chains, chosen, turned, onChoose }: { report: Report; chains: Witness[]; chosen: number; turned: number | null; onChoose(index: number): void }): VNode {
  const move = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    event.preventDefault();
    const target = (chosen + by + chains.length) % chains.length;
    onChoose(target);
    document.getElementById("chain-tab-" + target)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Call chains" onKeyDown={move}>
      {chains.map((chain, index) => {
        const edge = chain.edge === null ? null : report.data.edges[chain.edge];
        return (
          <button type="button" role="tab" id={"chain-tab-" + index} aria-selected={index === chosen} aria-controls="chain-panel" tabIndex={index === chosen ? 0 : -1} onClick={() => onChoose(index)}>
            <span class="tab-number">{index + 1}</span>
            {edge ? (
              <>
                <ShortName text={report.lockName(edge.from)} length={30} /> <span aria-label="then">→</span> <ShortName text={report.lockName(edge.to)} length={30} />
                {chain.edge === turned && <span class="turn-tag">turn round</span>}
                <FoundBadge edge={edge} />
              </>
            ) : (
              <ShortName text={chain.title} length={60} />
            )}
          </button>
        );
      })}
    </div>
  );
}
