import { useEffect, useState } from "preact/hooks";
import type { Language } from "./words.ts";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** How a person wants the page; the browser keeps it where it may. */
export interface Preferences {
  readonly theme: Theme;
  readonly language: Language;
  readonly setTheme: (theme: Theme) => void;
  readonly setLanguage: (language: Language) => void;
}

/** The theme and the language, at first those of the browser. */
export function usePreferences(): Preferences {
  const [theme, setTheme] = useState<Theme>(() => THEMES.find((each) => each === stored("theme")) ?? "auto");
  const [language, setLanguage] = useState<Language>(() => {
    const known = stored("language");
    return known === "en" || known === "zh" ? known : navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
  });
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const follow = (): void => {
      document.documentElement.dataset["theme"] = theme === "auto" ? (system.matches ? "dark" : "light") : theme;
    };
    follow();
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, [theme]);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  return {
    theme,
    language,
    setTheme: (next) => {
      store("theme", next);
      setTheme(next);
    },
    setLanguage: (next) => {
      store("language", next);
      setLanguage(next);
    },
  };
}

/** A page in a file of its own, or in a private window, may keep nothing. */
function stored(name: string): string | null {
  try {
    return localStorage.getItem(`canary-router.${name}`);
  } catch {
    return null;
  }
}

function store(name: string, value: string): void {
  try {
    localStorage.setItem(`canary-router.${name}`, value);
  } catch {
    // It is the default the next time.
  }
}
