import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Alias, Plan } from "../../index.ts";
import type { Change } from "../editor/edit.ts";
import type { Written } from "../editor/written.ts";
import type { Page } from "../page.ts";
import type { Reading } from "../read.ts";
import { saveFile } from "../save.ts";
import { percent, SLOTS } from "../slots.ts";
import type { Comparison } from "../worker/jobs.ts";
import { Movements } from "./movements.tsx";
import { Strip } from "./strip.tsx";
import { changedPieces, changeWeight, type Edge, edgesOf, piecesOf } from "./weights.ts";

interface Props {
  readonly page: Page;
  /** What the alias is compared with. */
  readonly other: Reading;
  readonly written: Written;
  readonly onChange: (change: Change) => void;
}

/** The slots, to be dragged, and what moves against the alias before. */
export function Split(props: Props): JSX.Element {
  const { page } = props;
  const { checked, plan } = page.reading;
  if (!checked.ok || plan === undefined) return <p class="empty">{page.say("broken")}</p>;
  return <Whole {...props} alias={checked.value} plan={plan} />;
}

interface Compared {
  readonly of: Reading;
  readonly with: Reading;
  readonly result: Comparison | { readonly failure: string };
}

function Whole({ page, other, written, onChange, alias, plan }: Props & { readonly alias: Alias; readonly plan: Plan }): JSX.Element {
  const { say, state, act, tasks, source, reading } = page;
  const [compared, setCompared] = useState<Compared | undefined>(undefined);
  useEffect(() => {
    if (other.plan === undefined) return;
    void tasks.ask("compare", "compare", other.source, source).then((done) => {
      if (done.kind === "done") setCompared({ of: reading, with: other, result: done.result });
      if (done.kind === "failed") setCompared({ of: reading, with: other, result: { failure: done.why } });
    });
  }, [reading, other]);
  // What was found for the texts as they were stands until it is found for those of now, so that figures do not flicker; the heading says so.
  const comparison = compared?.result;
  const isOld = compared !== undefined && (compared.of !== reading || compared.with !== other);
  const [balanced, setBalanced] = useState(false);

  const edges = edgesOf(alias, plan);
  const step = source.profile === "functiongraph" ? 100 : 1;
  const setWeight = (version: string, slots: number): void => {
    const change = changeWeight(written, version, slots);
    if (change !== undefined) onChange(change);
  };
  const after = piecesOf(plan);
  const before = other.plan === undefined ? undefined : piecesOf(other.plan);
  const known = comparison !== undefined && "movement" in comparison ? comparison : undefined;
  const avoidable = known === undefined ? 0 : known.movement.moved - known.movement.least;
  return (
    <>
      <section class="slots">
        <h2>{say("slots")}</h2>
        {before !== undefined && <Strip page={page} pieces={before} label={say("slots.before")} />}
        {before !== undefined && <Strip page={page} pieces={changedPieces(before, after)} thin label={say("moved")} />}
        <Strip page={page} pieces={after} label={say("slots.after")} edges={edges} step={step} onWeight={setWeight} />
        {balanced && known !== undefined && <Strip page={page} pieces={piecesOf(known.rebalanced)} label={say("rebalanced")} />}
        <p class="hint">{say(edges.length === 0 ? "slots.none" : "slots.hint")}</p>
        <Weights page={page} alias={alias} edges={edges} other={other} step={step} onWeight={setWeight} />
      </section>
      <section class="compare" aria-busy={isOld}>
        <h2>
          {say("movement")} {isOld && <span class="hint">{say("working")}</span>}
        </h2>
        <p class="actions">
          <label class="choice">
            <span>{say("compare")}</span>
            <select
              value={state.other ?? "kept"}
              onChange={({ currentTarget: { value } }) => act({ kind: "other", index: value === "kept" ? undefined : Number(value) })}
            >
              <option value="kept">{say("compare.kept")}</option>
              {state.docs.map(({ name }, index) =>
                index === state.active ? null : (
                  <option key={index} value={index}>
                    {name}
                  </option>
                ),
              )}
            </select>
          </label>
          {state.other === undefined && (
            <button type="button" onClick={() => act({ kind: "keep" })}>
              {say("keep")}
            </button>
          )}
        </p>
        {other.plan === undefined ? (
          <p class="empty">{say("compare.broken")}</p>
        ) : comparison === undefined ? (
          <p class="hint">{say("working")}</p>
        ) : "failure" in comparison ? (
          <p class="fault">{say("proving.failed", comparison.failure)}</p>
        ) : (
          <Movements page={page} comparison={comparison} />
        )}
        {known !== undefined && (
          <div class="rebalance">
            <p class="actions">
              <button type="button" disabled={avoidable === 0} aria-pressed={balanced} onClick={() => setBalanced(!balanced)}>
                {say("rebalance")}
              </button>
              {balanced && (
                <button type="button" onClick={() => saveFile("plan.json", `${JSON.stringify(known.rebalanced, null, 2)}\n`)}>
                  {say("rebalance.save")}
                </button>
              )}
            </p>
            <p class="hint">{avoidable === 0 ? say("rebalance.none") : say("rebalance.hint", percent(known.movement.least))}</p>
          </div>
        )}
      </section>
    </>
  );
}

interface WeightsProps {
  readonly page: Page;
  readonly alias: Alias;
  readonly edges: readonly Edge[];
  readonly other: Reading;
  readonly step: number;
  readonly onWeight: (version: string, slots: number) => void;
}

/** The weights as figures, and what changed of them. */
function Weights({ page: { say, colour }, alias, edges, other, step, onWeight }: WeightsProps): JSX.Element {
  const was = new Map(other.checked.ok ? other.checked.value.weights.map(({ version, slots }) => [version, slots]) : []);
  const rest = (weights: Alias["weights"]): number => SLOTS - weights.reduce((sum, { slots }) => sum + slots, 0);
  const rows = [
    {
      version: alias.primary,
      slots: rest(alias.weights),
      edge: undefined,
      before: other.checked.ok ? rest(other.checked.value.weights) : undefined,
    },
    ...edges.map((edge) => ({ version: edge.version, slots: edge.slots, edge, before: was.get(edge.version) })),
  ];
  return (
    <table class="weights">
      <thead>
        <tr>
          <th scope="col">{say("version")}</th>
          <th scope="col" class="figure">
            {say("weight")}
          </th>
          <th scope="col" class="figure">
            {say("change")}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ version, slots, edge, before }) => (
          <tr key={version}>
            <th scope="row">
              <span class={`dot v${colour(version)}`} />
              {version} {edge === undefined && <span class="hint">{say("primary")}</span>}
            </th>
            <td class="figure">
              {edge === undefined ? (
                percent(slots)
              ) : (
                <>
                  <input
                    type="number"
                    min={0}
                    max={edge.most / 100}
                    step={step / 100}
                    value={slots / 100}
                    aria-label={say("slots.edge", version)}
                    onChange={({ currentTarget }) => {
                      const given = Math.round(Number(currentTarget.value) * 100);
                      if (given >= 0 && given <= edge.most) onWeight(version, given);
                      else currentTarget.value = String(slots / 100);
                    }}
                  />{" "}
                  %
                </>
              )}
            </td>
            <td class="figure">
              {before === undefined || before === slots ? "–" : `${slots > before ? "+" : "−"}${percent(Math.abs(slots - before))}`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
