import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Table } from "../../simulate/index.ts";
import type { Page } from "../page.ts";
import type { TrialReport } from "./run.ts";

/** The report of a simulation, with the plots of the command's own. */
export function Report({ report, page: { say } }: { readonly report: TrialReport; readonly page: Page }): JSX.Element {
  useEffect(() => adoptStyle(report), [report.style]);
  return (
    <>
      <section>
        {report.summary.map((line) => (
          <p key={line}>{line}</p>
        ))}
        <dl class="figures small">
          {report.figures.map(({ name, value, note }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
              {note !== "" && <dd class="hint">{note}</dd>}
            </div>
          ))}
        </dl>
        {report.verdicts.map(({ kind, text }) => (
          <p key={text} class={{ pass: "proof", fail: "fault", note: "hint" }[kind]}>
            {text}
          </p>
        ))}
      </section>
      {report.sections.map(({ heading, text, plot, tables, hidden }) => (
        <section key={heading}>
          <h2>{heading}</h2>
          {text.map((line) => (
            <p key={line} class="hint">
              {line}
            </p>
          ))}
          {/* Drawn by the library, which quotes everything that it is given; the page's policy refuses scripts and styles in it. */}
          {plot !== undefined && (
            <div class="figure-box" role="region" aria-label={heading} tabIndex={0} dangerouslySetInnerHTML={{ __html: plot }} />
          )}
          {tables.map((table) => (
            <Rows key={table.caption} table={table} />
          ))}
          {hidden.length > 0 && (
            <details>
              <summary>{say("table")}</summary>
              {hidden.map((table) => (
                <Rows key={table.caption} table={table} />
              ))}
            </details>
          )}
        </section>
      ))}
    </>
  );
}

function Rows({ table: { caption, head, rows } }: { readonly table: Table }): JSX.Element {
  return (
    <div class="figure-box" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="hint">{caption}</caption>
        <thead>
          <tr>
            {head.map((cell, index) => (
              <th key={index} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, index) =>
                index === 0 ? (
                  <th key={index} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={index}>{cell}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

let adopted = false;

/** The style of plots, as a sheet that a script has made: such sheets need no exception from the page's policy. */
function adoptStyle({ style, themes }: TrialReport): void {
  if (adopted) return;
  adopted = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:root{${themes.light}}:root[data-theme="dark"]{${themes.dark}}${style}`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
