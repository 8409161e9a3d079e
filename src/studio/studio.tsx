import type { JSX } from "preact";
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import type { Claim, Pointer } from "../index.ts";
import type { Point } from "../testing/index.ts";
import { Ask } from "./ask/ask.tsx";
import type { Beginning } from "./begin.ts";
import { Documents } from "./documents.tsx";
import { Editor, type EditorHandle } from "./editor/editor.tsx";
import { ProblemList } from "./editor/problem-list.tsx";
import { problemsOf } from "./editor/problems.ts";
import { writtenOf } from "./editor/written.ts";
import { toFragment } from "./fragment.ts";
import { Header, type Notice, Notices } from "./header.tsx";
import { coloursOf, type Page } from "./page.ts";
import { read, type Reading } from "./read.ts";
import { Live, NEW_WATCH, type Watch } from "./live/live.tsx";
import { type Setup, NEW_SETUP, Simulate } from "./simulate/simulate.tsx";
import { Split } from "./split/split.tsx";
import { marksOf } from "./suite/marks.ts";
import { SuiteTab } from "./suite/suite.tsx";
import { activeDoc, otherSource, reduce, sourceOf, type Tab, TABS } from "./state.ts";
import { usePreferences } from "./preferences.ts";
import { sayIn } from "./words.ts";
import type { Tasks } from "./worker/tasks.ts";

interface Props {
  readonly beginning: Beginning;
  readonly tasks: Tasks;
  readonly trials: Tasks;
}

/** Milliseconds without a change after which the address bar has the state. */
const ADDRESS_DELAY = 400;

/** The page. */
export function Studio({ beginning: { state: initial, link, live }, tasks, trials }: Props): JSX.Element {
  const [state, act] = useReducer(reduce, initial);
  const preferences = usePreferences();
  const say = useMemo(() => sayIn(preferences.language), [preferences.language]);
  const editor = useRef<EditorHandle | undefined>(undefined);
  const [lit, light] = useState<Pointer | undefined>(undefined);
  const [points, cover] = useState<readonly Point[] | undefined>(undefined);
  const [setup, setSetup] = useState<Setup>(NEW_SETUP);
  const [watch, setWatch] = useState<Watch>(NEW_WATCH);
  const [notices, setNotices] = useState<readonly Notice[]>(link === "none" ? [] : [{ kind: link }]);

  const doc = activeDoc(state);
  const source = sourceOf(state);
  const reading = read(source);
  const other = read(otherSource(state));
  const versions = useMemo(() => [...(reading.plan?.versions ?? []), ...(other.plan?.versions ?? [])], [reading.plan, other.plan]);
  const colour = useMemo(() => coloursOf(versions), [versions]);

  const [claims, setClaims] = useState<{ readonly of?: Reading; readonly claims: readonly Claim[]; readonly failure?: string }>({
    claims: [],
  });
  const ask = (): void => {
    void tasks.ask("claims", "claims", source).then((done) => {
      if (done.kind === "done") setClaims({ of: reading, claims: done.result });
      if (done.kind === "failed") setClaims({ of: reading, claims: [], failure: done.why });
    });
  };
  useEffect(ask, [reading]);

  useEffect(() => {
    tasks.onDeath = (why) => setNotices((known) => [...known.filter(({ kind }) => kind !== "dead"), { kind: "dead", why }]);
  }, [tasks]);

  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      void toFragment(state).then((fragment) => {
        // What a link brings back after this is known to be of this person. A state that is too long for a link leaves none behind.
        if (current) history.replaceState({ own: true }, "", fragment ?? location.pathname + location.search);
      });
    }, ADDRESS_DELAY);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [state]);

  const current = claims.of === reading;
  const written = useMemo(() => writtenOf(source.text, source.json), [source.text, source.json]);
  const problems = useMemo(
    () => problemsOf(reading.checked.diagnostics, current ? claims.claims : [], written),
    [reading, claims, current, written],
  );

  const marks = useMemo(() => marksOf(points ?? [], written, say), [points, written, say]);

  const page: Page = {
    state,
    act,
    say,
    tasks,
    trials,
    source,
    reading,
    colour,
    light,
    show: (at) => {
      const place = written.places.get(at);
      if (place !== undefined) editor.current?.show((place.key ?? place.value).from);
    },
    cover,
    fixLabel: ({ fix }) => (fix === undefined ? "" : say(`fix.${fix.kind}`, fix.what)),
  };
  return (
    <>
      <Header page={page} preferences={preferences} onNotice={(notice) => setNotices((known) => [...known, notice])} />
      <Notices page={page} notices={notices} onDismiss={(at) => setNotices(notices.filter((_, index) => index !== at))} onRestart={ask} />
      <main class="columns">
        <section class="left" aria-label={say("documents")}>
          <Documents page={page} />
          <Editor
            id={doc.id}
            written={written}
            label={say("editor", doc.name)}
            versions={versions}
            problems={problems}
            lit={lit}
            marks={marks}
            onText={(text) => act({ kind: "edit", text })}
            handle={editor}
            fixLabel={page.fixLabel}
          />
          <ProblemList
            page={page}
            problems={problems}
            proving={!current && reading.checked.ok}
            failure={current ? claims.failure : undefined}
            onFix={(change) => editor.current?.apply(change, "fix")}
            onShow={(from) => editor.current?.show(from)}
          />
        </section>
        <section class="right" aria-label={say("tabs")}>
          <Tabs page={page} tabs={live ? ["live", ...PLAIN_TABS] : PLAIN_TABS} />
          <div class="panel" role="tabpanel" id="panel" aria-labelledby={`tab-${state.tab}`} tabIndex={0}>
            {state.tab === "ask" && <Ask page={page} />}
            {state.tab === "live" && <Live page={page} watch={watch} setWatch={setWatch} />}
            {state.tab === "suite" && <SuiteTab page={page} />}
            {state.tab === "simulate" && <Simulate page={page} setup={setup} setSetup={setSetup} />}
            {state.tab === "split" && (
              <Split page={page} other={other} written={written} onChange={(change) => editor.current?.apply(change, "slots")} />
            )}
          </div>
        </section>
      </main>
    </>
  );
}

const PLAIN_TABS: readonly Tab[] = TABS.filter((tab) => tab !== "live");

function Tabs({ page: { state, act, say }, tabs }: { readonly page: Page; readonly tabs: readonly Tab[] }): JSX.Element {
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const next = tabs[(tabs.indexOf(state.tab) + step + tabs.length) % tabs.length] as Tab;
    act({ kind: "tab", tab: next });
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={say("tabs")} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          type="button"
          role="tab"
          key={tab}
          id={`tab-${tab}`}
          aria-selected={state.tab === tab}
          aria-controls="panel"
          tabIndex={state.tab === tab ? 0 : -1}
          onClick={() => act({ kind: "tab", tab })}
        >
          {say(`tab.${tab}`)}
        </button>
      ))}
    </div>
  );
}
