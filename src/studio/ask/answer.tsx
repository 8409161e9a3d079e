import type { JSX } from "preact";
import { type Explanation, fieldName, type Step, type StrategyStep } from "../../index.ts";
import { percent, SLOTS } from "../slots.ts";
import type { Page } from "../page.ts";
import { Strip } from "../split/strip.tsx";

/** What the alias makes of the request, and every step to it. */
export function Answer({ page, explanation }: { readonly page: Page; readonly explanation: Explanation }): JSX.Element {
  const { say, colour, show } = page;
  const { decision, steps, failure } = explanation;
  return (
    <>
      <section class="answer" aria-live="polite">
        <h2>{say("answer")}</h2>
        <p class="verdict">
          <span class={`dot v${colour(decision.version)}`} />
          <strong>{decision.version}</strong>
          <span class="why">{failure ?? say(`reason.${decision.reason}`)}</span>
          {decision.at !== "" && (
            <button type="button" class="place" onClick={() => show(decision.at)}>
              {decision.at}
            </button>
          )}
        </p>
      </section>
      <Draw page={page} explanation={explanation} />
      {steps.length > 0 && (
        <section>
          <h2>{say("steps")}</h2>
          <ol class="steps">
            {steps.map((step) => (
              <Strategy key={step.at} page={page} step={step} />
            ))}
          </ol>
        </section>
      )}
    </>
  );
}

/** Rules of a strategy that are shown, those that hold ahead of the others where there are more; the text has all. */
const MOST_RULES = 40;

function shownOf(rules: StrategyStep["rules"]): StrategyStep["rules"] {
  if (rules.length <= MOST_RULES) return rules;
  return rules.toSorted((one, other) => Number(other.holds) - Number(one.holds)).slice(0, MOST_RULES);
}

function Strategy({ page, step }: { readonly page: Page; readonly step: StrategyStep }): JSX.Element {
  const { say, colour, show } = page;
  const state = step.tried ? (step.holds ? "holds" : "fails") : "untried";
  return (
    <li class={state}>
      <p>
        <span class={`dot v${colour(step.version)}`} />
        <button type="button" class="place" onClick={() => show(step.at)}>
          {step.version}
        </button>
        <span class="state">{say(`step.${state}`)}</span>
        {step.rules.length > 1 && <span class="hint">{say(`step.${step.combine}`)}</span>}
      </p>
      <ul>
        {shownOf(step.rules).map((rule) => (
          <Rule key={rule.at} page={page} rule={rule} />
        ))}
        {step.rules.length > MOST_RULES && <li class="hint">{say("items.more", step.rules.length - MOST_RULES)}</li>}
      </ul>
    </li>
  );
}

/** Items of a list that are shown. */
const MOST_ITEMS = 5;

function Rule({ page: { say }, rule }: { readonly page: Page; readonly rule: Step }): JSX.Element {
  const { field, expected, actual, failure, holds } = rule;
  const more = expected.length - MOST_ITEMS;
  return (
    <li class={holds ? "yes" : "no"}>
      <span class="sign" aria-hidden="true">
        {holds ? "✓" : "✗"}
      </span>
      <span class="hidden">{say(holds ? "step.holds" : "step.fails")}</span>
      <code>{fieldName(field)}</code> <span class="operator">{expected.length === 1 ? "=" : "in"}</span>{" "}
      <code>{expected.slice(0, MOST_ITEMS).join(", ")}</code>
      {more > 0 && <span class="hint"> {say("items.more", more)}</span>}
      <span class="actual">
        {failure !== undefined ? say("unreadable", failure) : actual === undefined ? say("absent") : <code>{actual}</code>}
      </span>
    </li>
  );
}

/** The draw as a slider over the slots, where the alias splits anything. */
function Draw({ page, explanation }: { readonly page: Page; readonly explanation: Explanation }): JSX.Element | null {
  const { say, state, act } = page;
  const { draw, arms, decision } = explanation;
  if (arms.length === 0) return null;
  const slot = draw?.slot;
  return (
    <section class="draw">
      <h2>{say("draw")}</h2>
      <Strip page={page} pieces={arms} mark={slot} />
      <input
        type="range"
        min={0}
        max={SLOTS - 1}
        step={1}
        value={state.slot ?? slot ?? 0}
        aria-label={say("draw.slider")}
        aria-valuetext={say("draw.slot", state.slot ?? slot ?? 0)}
        onInput={({ currentTarget }) => act({ kind: "slot", slot: Number(currentTarget.value) })}
      />
      <p class="hint">
        {draw === undefined
          ? say(decision.reason === "default" ? "draw.missing" : "draw.none")
          : `${say("draw.slot", draw.slot ?? 0)} · ${sourceText(page, explanation)}`}
      </p>
      {state.slot !== undefined && (
        <p class="actions">
          <button type="button" onClick={() => act({ kind: "slot", slot: undefined })}>
            {say("draw.own")}
          </button>
        </p>
      )}
      {draw?.from.kind === "random" && (
        <p class="hint">
          {say("draw.random")} {say("shares")} {arms.map(({ version, from, until }) => `${version} ${percent(until - from)}`).join(", ")}.
        </p>
      )}
    </section>
  );
}

function sourceText({ say }: Page, { draw }: Explanation): string {
  switch (draw?.from.kind) {
    case "sticky": {
      const { algorithm, seed, field } = draw.from;
      return say("draw.sticky", algorithm, `“${seed}”`, fieldName(field));
    }
    case "given":
      return say("draw.given");
    default:
      return "";
  }
}
