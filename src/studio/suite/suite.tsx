import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { BUDGETS, isJson, type Pointer } from "../../index.ts";
import { changeTo } from "../editor/edit.ts";
import { Editor, type EditorHandle } from "../editor/editor.tsx";
import type { Mark } from "../editor/mark.ts";
import { problemsOf } from "../editor/problems.ts";
import { ProblemItems } from "../editor/problem-list.tsx";
import { writtenOf } from "../editor/written.ts";
import type { Page } from "../page.ts";
import { saveFile } from "../save.ts";
import { docSource, withLineFeeds } from "../state.ts";
import { suiteName, withCases } from "./case.ts";
import { Covered } from "./covered.tsx";
import { Mutants } from "./mutants.tsx";
import { Results } from "./results.tsx";
import type { MutationRun, SuiteRun, SuiteText } from "./run.ts";

/** What came of a suite, and of which one. */
interface Ran<T> {
  readonly of: SuiteText;
  readonly result: T | { readonly failure: string };
}

/** Cases and laws, run as one types: what fails, what of the alias they see, and which mistakes in it they do not notice. */
export function SuiteTab({ page }: { readonly page: Page }): JSX.Element {
  const { state, act, say, tasks, cover, fixLabel } = page;
  const { suite, docs, active, profile } = state;
  const given = useMemo(
    (): SuiteText => ({ text: suite, active, docs: docs.map((doc) => ({ name: doc.name, source: docSource(doc, profile) })) }),
    [suite, docs, active, profile],
  );
  const [ran, setRan] = useState<Ran<SuiteRun> | undefined>(undefined);
  const [mutated, setMutated] = useState<Ran<MutationRun> | undefined>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const editor = useRef<EditorHandle | undefined>(undefined);
  const isEmpty = suite.trim() === "";

  useEffect(() => {
    setFault(undefined);
    if (isEmpty) return;
    let current = true;
    void tasks.ask("suite", "suite", given).then((done) => {
      if (done.kind === "superseded" || !current) return;
      setRan({ of: given, result: done.kind === "done" ? done.result : { failure: done.why } });
      if (done.kind === "done" && done.result.diagnostics.length === 0 && page.reading.plan !== undefined) {
        void tasks.ask("mutants", "mutants", given).then((looked) => {
          if (looked.kind === "superseded" || !current) return;
          setMutated({ of: given, result: looked.kind === "done" ? looked.result : { failure: looked.why } });
        });
      }
    });
    return () => {
      current = false;
    };
  }, [given]);

  const known = isEmpty || ran === undefined || "failure" in ran.result ? undefined : ran.result;
  const points = ran?.of === given ? known?.coverage?.points : undefined;
  useEffect(() => {
    cover(points);
    return () => cover(undefined);
  }, [points]);

  const written = useMemo(() => writtenOf(suite, isJson("", suite)), [suite]);
  const problems = useMemo(() => problemsOf(ran?.of === given ? (known?.diagnostics ?? []) : [], [], written), [ran, given, written]);
  const show = (at: Pointer): void => {
    const place = written.places.get(at);
    if (place !== undefined) editor.current?.show((place.key ?? place.value).from);
  };
  const write = (text: string | undefined): void => {
    if (text === undefined) setFault(say("suite.broken"));
    else editor.current?.apply(changeTo(suite, text), "fix");
  };
  const complete = async (): Promise<void> => {
    const done = await tasks.ask("complete", "complete", given);
    if (done.kind === "failed") setFault(say("suite.failed", done.why));
    if (done.kind === "done" && done.result.length > 0) write(withCases(state, done.result));
  };
  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    if (file.size > BUDGETS.text) return setFault(say("open.large", file.name));
    try {
      write(withLineFeeds(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer())));
    } catch {
      setFault(say("open.failed", file.name));
    }
  };
  return (
    <>
      <section class="suite">
        <h2>{say("suite")}</h2>
        <Editor
          id={SUITE}
          written={written}
          label={say("suite.text")}
          versions={undefined}
          problems={problems}
          lit={undefined}
          marks={NO_MARKS}
          onText={(text) => act({ kind: "suite", text })}
          handle={editor}
          fixLabel={fixLabel}
        />
        <p class="actions">
          <label class="button">
            {say("suite.open")}
            <input
              class="hidden"
              type="file"
              accept=".json,.yaml,.yml,application/json,text/yaml"
              onChange={({ currentTarget }) => {
                void open(currentTarget.files?.[0]);
                currentTarget.value = "";
              }}
            />
          </label>
          <button type="button" disabled={isEmpty} onClick={() => saveFile(suiteName(state), suite)}>
            {say("suite.save")}
          </button>
          <button type="button" disabled={page.reading.plan === undefined} onClick={() => void complete()}>
            {say("suite.complete")}
          </button>
        </p>
        <p class="hint">{say(isEmpty ? "suite.empty" : "suite.hint")}</p>
        {fault !== undefined && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
      </section>
      {!isEmpty && (
        <section aria-busy={ran?.of !== given}>
          {problems.length > 0 && (
            <ul class="problem-items">
              <ProblemItems
                page={page}
                text={suite}
                problems={problems}
                onFix={(change) => editor.current?.apply(change, "fix")}
                onShow={(from) => editor.current?.show(from)}
              />
            </ul>
          )}
          {ran !== undefined && "failure" in ran.result && <p class="fault">{say("suite.failed", ran.result.failure)}</p>}
          {known !== undefined && known.diagnostics.length === 0 && (
            <>
              <Results page={page} run={known} onShow={show} />
              <Covered page={page} run={known} />
              {mutated !== undefined && <Mutants page={page} result={mutated.result} isOld={mutated.of !== given} />}
            </>
          )}
        </section>
      )}
    </>
  );
}

const NO_MARKS: readonly Mark[] = [];

/** The number of the suite among the texts of editors; documents have numbers from 0. */
const SUITE = -1;
