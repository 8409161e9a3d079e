import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatCount, formatPercent, type Plan } from "../../index.ts";
import { probabilityText } from "../../simulate/index.ts";
import { Ask } from "../ask/ask.tsx";
import { coloursOf, type Page } from "../page.ts";
import { percent } from "../slots.ts";
import { type Answered, askLive, askPlan } from "./gateway.ts";
import { type LiveAnswer, type LiveChange, lookAgain, type Splits, type Watched, watchedIn } from "./look.ts";

/** Milliseconds between two looks. */
const INTERVAL = 2_000;

/** Aliases that are listed; those that begin otherwise are found by their name. */
const MOST_ALIASES = 100;

/** What the page knows of the gateway that serves it. It stays while other tabs are looked at. */
export interface Watch {
  readonly token: string;
  readonly splits: Splits;
  readonly answer: LiveAnswer | undefined;
  /** Why the last look failed. */
  readonly fault: Exclude<Answered<never>, { readonly kind: "answered" }> | undefined;
}

export const NEW_WATCH: Watch = { token: "", splits: new Map(), answer: undefined, fault: undefined };

interface Props {
  readonly page: Page;
  readonly watch: Watch;
  readonly setWatch: (change: (watch: Watch) => Watch) => void;
}

/** The aliases that the gateway serves now: shares against weights, the source, what changed, and any request asked of the plan that is served. */
export function Live({ page, watch, setWatch }: Props): JSX.Element {
  const { say } = page;
  const { token, splits, answer, fault } = watch;
  const [filter, setFilter] = useState("");
  const [asked, setAsked] = useState<{ readonly alias: string; readonly plan: Answered<Plan> } | undefined>(undefined);
  useEffect(() => {
    let timer = 0;
    let current = true;
    const look = async (): Promise<void> => {
      const now = await askLive(token);
      if (!current) return;
      setWatch((known) =>
        now.kind === "answered"
          ? { token, splits: lookAgain(known.splits, now.value), answer: now.value, fault: undefined }
          : { ...known, fault: now },
      );
      if (now.kind !== "token") timer = setTimeout(() => void look(), INTERVAL);
    };
    void look();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [token]);

  const explain = async (alias: string): Promise<void> => setAsked({ alias, plan: await askPlan(alias, token) });
  const watched = answer === undefined ? [] : watchedIn(splits, answer);
  const found = watched.filter(({ alias }) => alias.includes(filter));
  return (
    <>
      {fault?.kind === "token" && (
        <Token page={page} tried={token !== ""} onToken={(next) => setWatch(() => ({ ...NEW_WATCH, token: next }))} />
      )}
      {fault?.kind === "failed" && (
        <p class="fault" role="alert">
          {say("live.failed", fault.why)}
        </p>
      )}
      {answer !== undefined && (
        <>
          <section>
            <h2>{say("live.source")}</h2>
            <p class={answer.source.state === "healthy" ? "proof" : "warning"}>
              {say(`live.${answer.source.state}`)}
              {answer.source.revision !== null && ` · ${say("live.revision", answer.source.revision)}`}
              {answer.source.age !== null && ` · ${say("live.age", Math.round(answer.source.age))}`}
            </p>
            {answer.source.reason !== null && <p class="fault">{answer.source.reason}</p>}
            {answer.rejected.map(({ alias, diagnostics }) => (
              <div key={alias}>
                <p class="fault">{say("live.rejected", alias)}</p>
                <ul class="results">
                  {diagnostics.slice(0, 5).map(({ at, message }, index) => (
                    <li key={index}>
                      <code>{at}</code> {message}
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          </section>
          <section>
            <h2>{say("live.aliases")}</h2>
            {watched.length > 1 && (
              <input
                type="text"
                aria-label={say("live.filter")}
                placeholder={say("live.filter")}
                value={filter}
                onInput={({ currentTarget }) => setFilter(currentTarget.value)}
              />
            )}
            {watched.length === 0 && <p class="hint">{say("live.none")}</p>}
            {found.slice(0, MOST_ALIASES).map((each) => (
              <Served key={each.alias} page={page} watched={each} onExplain={() => void explain(each.alias)} />
            ))}
            {found.length > MOST_ALIASES && <p class="hint">{say("items.more", found.length - MOST_ALIASES)}</p>}
          </section>
          {asked !== undefined && (
            <section aria-label={say("live.explained", asked.alias)}>
              <h2>{say("live.explained", asked.alias)}</h2>
              {asked.plan.kind === "answered" ? (
                <Ask page={servedPage(page, asked.plan.value)} served />
              ) : (
                <p class="fault">{say("live.failed", asked.plan.kind === "failed" ? asked.plan.why : say("live.token"))}</p>
              )}
            </section>
          )}
          <section>
            <h2>{say("live.changes")}</h2>
            {answer.changes.length === 0 && <p class="hint">{say("live.unchanged")}</p>}
            <ul class="results">
              {answer.changes.map((change) => (
                <Change key={`${change.time} ${change.revision}`} page={page} change={change} />
              ))}
            </ul>
          </section>
        </>
      )}
    </>
  );
}

/** The page, about a plan that is served. There is no text of it in which something could be lit. */
function servedPage(page: Page, plan: Plan): Page {
  return { ...page, light: () => {}, show: () => {}, reading: { ...page.reading, plan }, colour: coloursOf(plan.versions) };
}

interface TokenProps {
  readonly page: Page;
  readonly tried: boolean;
  readonly onToken: (token: string) => void;
}

/** The token that the listener asks for. It is kept in the page only, until that is closed. */
function Token({ page: { say }, tried, onToken }: TokenProps): JSX.Element {
  const [text, setText] = useState("");
  return (
    <section>
      <h2>{say("live.token")}</h2>
      <p class="actions">
        <input
          type="password"
          aria-label={say("live.token")}
          autocomplete="off"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button type="button" class="main" disabled={text.trim() === ""} onClick={() => onToken(text.trim())}>
          {say("live.send")}
        </button>
      </p>
      <p class={tried ? "fault" : "hint"} role="status">
        {say(tried ? "live.refused" : "live.why")}
      </p>
    </section>
  );
}

interface ServedProps {
  readonly page: Page;
  readonly watched: Watched;
  readonly onExplain: () => void;
}

function Served({ page: { say }, watched, onExplain }: ServedProps): JSX.Element {
  const { alias, served, versions, verdict, draws, p } = watched;
  return (
    <div class="served">
      <h3>
        {alias}{" "}
        {served && (
          <button type="button" aria-label={`${say("live.explain")}: ${alias}`} onClick={onExplain}>
            {say("live.explain")}
          </button>
        )}
      </h3>
      {!served ? (
        <p class="fault">{say("live.missing")}</p>
      ) : (
        <>
          <p class={{ fits: "proof", alarm: "fault", unseen: "hint", sticky: "hint", fixed: "hint" }[verdict]} role="status">
            {say(`verdict.${verdict}`)}
            {(verdict === "fits" || verdict === "alarm") && ` · ${say("verdict.p", formatCount(draws), probabilityText(p))}`}
          </p>
          <div class="figure-box" role="region" aria-label={alias} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{say("version")}</th>
                  <th scope="col" class="figure">
                    {say("weight")}
                  </th>
                  <th scope="col" class="figure">
                    {say("live.drawn")}
                  </th>
                  <th scope="col" class="figure">
                    {say("live.decided")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {versions.map(({ version, slots, drawn, decided }, index) => (
                  <tr key={version}>
                    <th scope="row">
                      <span class={`dot v${index % 8}`} />
                      {version}
                    </th>
                    <td class="figure">{slots === undefined ? "–" : percent(slots)}</td>
                    <td class="figure">{formatPercent(drawn, draws)}</td>
                    <td class="figure">{formatCount(decided)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </div>
  );
}

/** Names of one change that are shown. */
const MOST_NAMES = 5;

function Change({ page: { say }, change }: { readonly page: Page; readonly change: LiveChange }): JSX.Element {
  const { time, revision, accepted, count, rejected, moved } = change;
  const shown = accepted.slice(0, MOST_NAMES);
  const more = count > shown.length ? ` ${say("items.more", count - shown.length)}` : "";
  return (
    <li>
      <p>
        <time dateTime={new Date(time).toISOString()}>{new Date(time).toLocaleTimeString()}</time>{" "}
        <span class="hint">{say("live.revision", revision)}</span> {shown.join(", ")}
        {more}
      </p>
      {moved.map(({ alias, moved: slots, least, redrawn }) => (
        <p key={alias} class="hint">
          {say("live.moved", alias, percent(slots), percent(least))} {redrawn && say("movement.redrawn")}
        </p>
      ))}
      {rejected.map(({ alias, errors }) => (
        <p key={alias} class="fault">
          {say("live.rejected", alias)} {errors[0]?.message}
        </p>
      ))}
    </li>
  );
}
