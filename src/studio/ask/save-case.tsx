import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { type Explanation, formatShares, type NodeRequest, type Plan } from "../../index.ts";
import type { Page } from "../page.ts";
import { caseOf, expectedOf, withCases } from "../suite/case.ts";

interface Props {
  readonly page: Page;
  readonly plan: Plan;
  readonly request: NodeRequest;
  readonly explanation: Explanation;
}

/** Saves the request as a case of the suite, with the version that is expected of it: at first, what it gets. */
export function SaveCase({ page, plan, request, explanation }: Props): JSX.Element {
  const { say, state, act } = page;
  const [name, setName] = useState("");
  const [version, setVersion] = useState<string | undefined>(undefined);
  const [saved, setSaved] = useState<{ readonly of: Explanation; readonly well: boolean } | undefined>(undefined);
  const { versions } = plan;
  const got = useMemo(() => expectedOf(plan, request, explanation), [explanation]);
  const gotText =
    "version" in got ? got.version : formatShares(Object.entries(got.split).map(([each, share]) => [each, share * 100] as const));
  const save = (): void => {
    const expected = version !== undefined && versions.includes(version) ? { version } : got;
    const text = withCases(state, [caseOf(state, name, expected)]);
    setSaved({ of: explanation, well: text !== undefined });
    if (text === undefined) return;
    act({ kind: "suite", text });
    setName("");
    setVersion(undefined);
  };
  return (
    <section>
      <h2>{say("case")}</h2>
      <p class="actions">
        <label class="choice">
          <span>{say("case.expect")}</span>
          <select value={version ?? ""} onChange={({ currentTarget: { value } }) => setVersion(value === "" ? undefined : value)}>
            <option value="">{gotText}</option>
            {versions.map((each) =>
              "version" in got && got.version === each ? null : (
                <option key={each} value={each}>
                  {each}
                </option>
              ),
            )}
          </select>
        </label>
        <input
          type="text"
          aria-label={say("case.name")}
          placeholder={say("case.name")}
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
        <button type="button" onClick={save}>
          {say("case.save")}
        </button>
        <span class="hint" role="status">
          {saved?.of === explanation && say(saved.well ? "case.saved" : "suite.broken")}
        </span>
      </p>
    </section>
  );
}
