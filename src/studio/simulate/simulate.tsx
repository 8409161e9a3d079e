import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { formatCount } from "../../index.ts";
import type { Page } from "../page.ts";
import { modelOf } from "./model.ts";
import { Report } from "./report.tsx";
import type { TrialReport } from "./run.ts";
import { type Step, STEPS, stepsAbove } from "./steps.ts";

/** What a person has set up for a simulation, and what came of it. */
export interface Setup {
  readonly file: File | undefined;
  /** The model as it was changed; undefined for that of the alias. */
  readonly model: string | undefined;
  readonly count: number;
  /** The version that is rolled out; undefined where the alias is simulated as it is. */
  readonly canary: string | undefined;
  readonly steps: readonly Step[];
  readonly state:
    | { readonly kind: "idle" }
    | { readonly kind: "running"; readonly requests: number }
    | { readonly kind: "failed"; readonly why: string }
    | { readonly kind: "done"; readonly report: TrialReport; readonly text: string };
}

export const NEW_SETUP: Setup = {
  file: undefined,
  model: undefined,
  count: 100_000,
  canary: undefined,
  steps: STEPS,
  state: { kind: "idle" },
};

interface Props {
  readonly page: Page;
  readonly setup: Setup;
  readonly setSetup: (change: (setup: Setup) => Setup) => void;
}

/** Traffic before it is live: who gets what, on a model of users or a log, of an alias or through the steps of a rollout. */
export function Simulate({ page, setup, setSetup }: Props): JSX.Element {
  const { say, reading, source, trials } = page;
  const { checked } = reading;
  const { file, count, canary, steps, state } = setup;
  const alias = checked.ok ? checked.value : undefined;
  const model = setup.model ?? (alias === undefined ? "" : JSON.stringify(modelOf(alias), null, 2));
  const set = (change: Partial<Setup>): void => setSetup((known) => ({ ...known, ...change }));
  useEffect(() => {
    trials.onProgress = (requests) =>
      setSetup((known) => (known.state.kind === "running" ? { ...known, state: { kind: "running", requests } } : known));
  }, [trials]);
  if (alias === undefined) return <p class="empty">{say("broken")}</p>;

  const run = async (): Promise<void> => {
    set({ state: { kind: "running", requests: 0 } });
    const traffic = file === undefined ? ({ kind: "model", text: model, count } as const) : ({ kind: "log", file } as const);
    const done = await trials.ask("trial", "simulate", { source, traffic, rollout: canary === undefined ? undefined : { canary, steps } });
    if (done.kind === "done") set({ state: { kind: "done", report: done.result, text: source.text } });
    else if (done.kind === "failed") set({ state: { kind: "failed", why: done.why } });
    else set({ state: { kind: "idle" } });
  };
  const rollOut = (version: string): void => {
    if (version === "") return set({ canary: undefined });
    const now = alias.weights.find((weight) => weight.version === version)?.slots ?? 0;
    set({ canary: version, ...(canary === undefined && steps === STEPS && { steps: stepsAbove(now) }) });
  };
  const versions = [...new Set(reading.plan?.versions ?? [])].filter((version) => version !== alias.primary);
  const setStep = (index: number, change: Partial<Step>): void =>
    set({ steps: steps.map((step, at) => (at === index ? { ...step, ...change } : step)) });
  return (
    <>
      <section>
        <h2>{say("traffic")}</h2>
        <p class="actions">
          <label class="choice">
            <span>{say("traffic.count")}</span>
            <input
              type="number"
              min={1}
              max={100_000_000}
              value={count}
              disabled={file !== undefined}
              onChange={({ currentTarget }) =>
                set({ count: Math.max(1, Math.min(100_000_000, Math.round(Number(currentTarget.value)) || 1)) })
              }
            />
          </label>
          <label
            class="button"
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              set({ file: event.dataTransfer?.files[0] });
            }}
          >
            {file === undefined ? say("traffic.file") : file.name}
            <input class="hidden" type="file" onChange={({ currentTarget }) => set({ file: currentTarget.files?.[0] })} />
          </label>
          {file !== undefined && (
            <button type="button" class="quiet" onClick={() => set({ file: undefined })}>
              {say("traffic.model")}
            </button>
          )}
        </p>
        <p class="hint">{say(file === undefined ? "traffic.hint" : "traffic.local")}</p>
        {file === undefined && (
          <details>
            <summary>{say("traffic.users")}</summary>
            <textarea
              rows={12}
              aria-label={say("traffic.users")}
              spellcheck={false}
              value={model}
              onInput={({ currentTarget }) => set({ model: currentTarget.value })}
            />
          </details>
        )}
      </section>
      <section>
        <h2>{say("rollout")}</h2>
        <label class="choice">
          <span>{say("rollout.of")}</span>
          <select value={canary ?? ""} onChange={({ currentTarget: { value } }) => rollOut(value)}>
            <option value="">{say("rollout.none")}</option>
            {versions.map((version) => (
              <option key={version} value={version}>
                {version}
              </option>
            ))}
          </select>
        </label>
        {canary !== undefined && (
          <table class="weights">
            <thead>
              <tr>
                <th scope="col">{say("step")}</th>
                <th scope="col">{say("weight")}</th>
                <th scope="col">{say("step.lasts")}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {steps.map((step, index) => (
                <tr key={index}>
                  <th scope="row">{index + 1}</th>
                  <td>
                    <input
                      type="number"
                      min={0}
                      max={100}
                      step={0.01}
                      aria-label={`${say("step")} ${index + 1}: ${say("weight")}`}
                      value={step.weight}
                      onChange={({ currentTarget }) => setStep(index, { weight: Number(currentTarget.value) })}
                    />{" "}
                    %
                  </td>
                  <td>
                    <input
                      type="text"
                      aria-label={`${say("step")} ${index + 1}: ${say("step.lasts")}`}
                      placeholder={say("step.until")}
                      value={step.lasts}
                      onInput={({ currentTarget }) => setStep(index, { lasts: currentTarget.value })}
                    />
                  </td>
                  <td class="figure">
                    <button
                      type="button"
                      class="quiet"
                      aria-label={say("remove", `${say("step")} ${index + 1}`)}
                      onClick={() => set({ steps: steps.filter((_, at) => at !== index) })}
                    >
                      ×
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <p class="actions">
          {canary !== undefined && (
            <button type="button" onClick={() => set({ steps: [...steps, { weight: 100, lasts: "" }] })}>
              + {say("step.add")}
            </button>
          )}
        </p>
      </section>
      <p class="actions">
        <button type="button" class="main" disabled={state.kind === "running"} onClick={() => void run()}>
          {say("simulate")}
        </button>
        {state.kind === "running" && (
          <button type="button" onClick={() => trials.cancel()}>
            {say("simulate.stop")}
          </button>
        )}
        <span class="hint" role="status">
          {state.kind === "running" && say("simulate.running", formatCount(state.requests))}
          {state.kind === "done" && state.text !== source.text && say("simulate.old")}
        </span>
      </p>
      {state.kind === "failed" && (
        <p class="fault" role="alert">
          {say("simulate.failed", state.why)}
        </p>
      )}
      {state.kind === "done" && <Report report={state.report} page={page} />}
    </>
  );
}
