import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { toFragment } from "./fragment.ts";
import type { Page } from "./page.ts";
import { type Preferences, type Theme, THEMES } from "./preferences.ts";

/** Something that a person should know once. */
export type Notice =
  | { readonly kind: "carried" | "broken" }
  | { readonly kind: "dead"; readonly why: string }
  | { readonly kind: "text"; readonly text: string };

interface HeaderProps {
  readonly page: Page;
  readonly preferences: Preferences;
  readonly onNotice: (notice: Notice) => void;
}

/** The name of the page, and what is true of all of it. */
export function Header({ page: { state, say }, preferences, onNotice }: HeaderProps): JSX.Element {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    const fragment = await toFragment(state);
    if (fragment === undefined) return onNotice({ kind: "text", text: say("link.long") });
    history.replaceState({ own: true }, "", fragment);
    try {
      await navigator.clipboard.writeText(location.href);
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    } catch {
      onNotice({ kind: "text", text: say("link.failed") });
    }
  };
  return (
    <header class="bar">
      <h1>
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
          <path d="M3 12h7m0 0c5 0 4-6 11-6m-11 6c5 0 4 6 11 6" />
        </svg>
        canary-router <span>{say("title")}</span>
      </h1>
      <label class="choice">
        <span class="hidden">{say("theme")}</span>
        <select value={preferences.theme} onChange={({ currentTarget }) => preferences.setTheme(currentTarget.value as Theme)}>
          {THEMES.map((theme) => (
            <option key={theme} value={theme}>
              {say(`theme.${theme}`)}
            </option>
          ))}
        </select>
      </label>
      <label class="choice">
        <span class="hidden">{say("language")}</span>
        <select
          value={preferences.language}
          onChange={({ currentTarget }) => preferences.setLanguage(currentTarget.value === "zh" ? "zh" : "en")}
        >
          <option value="en">English</option>
          <option value="zh" lang="zh-CN">
            中文
          </option>
        </select>
      </label>
      <button type="button" onClick={() => void copy()} aria-live="polite">
        {copied ? say("link.done") : say("link")}
      </button>
    </header>
  );
}

interface NoticesProps {
  readonly page: Page;
  readonly notices: readonly Notice[];
  readonly onDismiss: (index: number) => void;
  readonly onRestart: () => void;
}

/** What is to be known once, until it is dismissed. */
export function Notices({ page: { say }, notices, onDismiss, onRestart }: NoticesProps): JSX.Element {
  const text = (notice: Notice): string => {
    switch (notice.kind) {
      case "carried":
      case "broken":
        return say(`link.${notice.kind}`);
      case "dead":
        return say("dead", notice.why);
      case "text":
        return notice.text;
    }
  };
  return (
    <div role="status">
      {notices.map((notice, index) => (
        <p class={`notice ${notice.kind}`} key={`${notice.kind}${index}`}>
          <span>{text(notice)}</span>
          {notice.kind === "dead" && (
            <button
              type="button"
              onClick={() => {
                onDismiss(index);
                onRestart();
              }}
            >
              {say("again")}
            </button>
          )}
          <button type="button" class="quiet" onClick={() => onDismiss(index)}>
            {say("dismiss")}
          </button>
        </p>
      ))}
    </div>
  );
}
