import type { JSX } from "preact";
import type { Pointer } from "../../index.ts";
import type { Page } from "../page.ts";
import type { CaseResult, SuiteRun } from "./run.ts";

interface Props {
  readonly page: Page;
  readonly run: SuiteRun;
  readonly onShow: (at: Pointer) => void;
}

const KINDS = ["failed", "passed", "skip", "todo"] as const;

/** The cases of a suite: those that failed with what came instead, the others behind their count. */
export function Results({ page, run: { counts, results }, onShow }: Props): JSX.Element {
  const { say } = page;
  const failed = results.filter(({ kind }) => kind === "failed");
  const others = results.filter(({ kind }) => kind !== "failed");
  const all = KINDS.reduce((sum, kind) => sum + counts[kind], 0);
  return (
    <>
      <h2>
        {say("suite.results")}
        <span class="count" role="status">
          {KINDS.filter((kind) => counts[kind] > 0)
            .map((kind) => say(kind === "failed" ? "suite.failures" : `suite.${kind}`, counts[kind]))
            .join(", ")}
        </span>
      </h2>
      <ul class="results">
        {failed.map((result) => (
          <Row key={result.at} page={page} result={result} onShow={onShow} />
        ))}
      </ul>
      {others.length > 0 && (
        <details>
          <summary>{say("suite.others", others.length)}</summary>
          <ul class="results">
            {others.map((result) => (
              <Row key={result.at} page={page} result={result} onShow={onShow} />
            ))}
          </ul>
        </details>
      )}
      {all > results.length && <p class="hint">{say("items.more", all - results.length)}</p>}
    </>
  );
}

interface RowProps extends Pick<Props, "page" | "onShow"> {
  readonly result: CaseResult;
}

function Row({ page: { say }, result: { at, title, kind, message, explanation }, onShow }: RowProps): JSX.Element {
  return (
    <li class={kind}>
      <p>
        <span class="sign" aria-hidden="true">
          {{ passed: "✓", failed: "✗", skip: "–", todo: "–" }[kind]}
        </span>
        <button type="button" class="place" onClick={() => onShow(at)}>
          {title}
        </button>
      </p>
      {message !== undefined && <pre class={kind === "failed" ? "fault" : "hint"}>{message}</pre>}
      {explanation !== undefined && explanation !== "" && (
        <details>
          <summary>{say("steps")}</summary>
          <pre class="hint">{explanation}</pre>
        </details>
      )}
    </li>
  );
}
