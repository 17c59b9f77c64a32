// Both languages. Each area has its strings in one file per language; the one that is read comes with the page, the
// other when it is asked for.
import { createI18n } from "vue-i18n";
import type ko from "./ko";

export type Locale = "ko" | "en";
type Messages = typeof ko;
const KEY = "escrow.locale";

const loaders: Record<Locale, () => Promise<{ default: Messages }>> = {
  ko: () => import("./ko"),
  en: () => import("./en"),
};

export const i18n = createI18n<[Messages], Locale, false>({ legacy: false, locale: "ko", fallbackLocale: "en", missingWarn: false, fallbackWarn: false });

export async function speak(locale: Locale): Promise<void> {
  i18n.global.setLocaleMessage(locale, (await loaders[locale]()).default);
  i18n.global.locale.value = locale;
  document.documentElement.lang = locale;
  localStorage.setItem(KEY, locale);
}

export function usualLocale(): Locale {
  const kept = localStorage.getItem(KEY);
  if (kept === "ko" || kept === "en") return kept;
  return navigator.language.startsWith("ko") ? "ko" : "en";
}
