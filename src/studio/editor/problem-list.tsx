import type { JSX } from "preact";
import type { Page } from "../page.ts";
import { WitnessLine } from "../witness.tsx";
import type { Change } from "./edit.ts";
import type { Problem } from "./problems.ts";

interface Props {
  readonly page: Page;
  readonly problems: readonly Problem[];
  readonly proving: boolean;
  readonly failure: string | undefined;
  readonly onFix: (change: Change) => void;
  readonly onShow: (from: number) => void;
}

/** Everything that is to be said of the alias, with its help, the change that mends it, and the request that shows it. */
export function ProblemList({ page, problems, proving, failure, onFix, onShow }: Props): JSX.Element {
  const { say, source } = page;
  const errors = problems.filter(({ diagnostic }) => diagnostic.severity === "error").length;
  const counts = [
    errors > 0 && say("problems.errors", errors),
    problems.length > errors && say("problems.warnings", problems.length - errors),
  ];
  return (
    <section class="problems" aria-label={say("problems")}>
      <h2>
        {say("problems")}
        <span class="count" role="status">
          {proving
            ? say("proving")
            : failure === undefined
              ? counts.filter((count) => count !== false).join(", ")
              : say("proving.failed", failure)}
        </span>
      </h2>
      {problems.length === 0 && !proving && failure === undefined && <p class="none">{say("problems.none")}</p>}
      <ul class="problem-items">
        <ProblemItems page={page} text={source.text} problems={problems} onFix={onFix} onShow={onShow} />
      </ul>
    </section>
  );
}

interface ItemsProps extends Pick<Props, "page" | "problems" | "onFix" | "onShow"> {
  /** The text that they are about. */
  readonly text: string;
}

/** Each problem as an item of a list. */
export function ProblemItems({ page, text, problems, onFix, onShow }: ItemsProps): JSX.Element {
  const { say, fixLabel } = page;
  const lineOf = (from: number): number => text.slice(0, from).split("\n").length;
  return (
    <>
      {problems.map((problem, index) => {
        const { diagnostic, from, claimed, fix } = problem;
        const { severity, code, message, help } = diagnostic;
        const witness = "witness" in diagnostic ? diagnostic.witness : undefined;
        return (
          <li key={`${index}${code}${from}`} class={severity}>
            <p>
              <button type="button" class="place" onClick={() => onShow(from)}>
                {say("line", lineOf(from))}
              </button>
              <strong>{say(`${severity}.severity`)}</strong> <code>{code}</code>
              {claimed && <span class="tag">{say("proved")}</span>}
            </p>
            <p class="message">{withCode(message)}</p>
            {help !== undefined && <p class="help">{withCode(help)}</p>}
            {fix !== undefined && (
              <p class="actions">
                <button type="button" onClick={() => onFix(fix.change)}>
                  {fixLabel(problem)}
                </button>
              </p>
            )}
            {witness !== undefined && (
              <p class="actions">
                <WitnessLine page={page} request={witness} />
              </p>
            )}
          </li>
        );
      })}
    </>
  );
}

/** A complaint, of which what stands in backticks is as somebody has written it. */
function withCode(text: string): readonly (string | JSX.Element)[] {
  return text.split(/(`[^`]+`)/).map((piece, index) => (index % 2 === 1 ? <code key={index}>{piece.slice(1, -1)}</code> : piece));
}
