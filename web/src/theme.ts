// Light or dark: as the machine is, unless the person chose.
import { ref } from "vue";

type Theme = "light" | "dark";
const KEY = "escrow.theme";
const machine = window.matchMedia("(prefers-color-scheme: dark)");

function chosen(): Theme | null {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : null;
}

export const theme = ref<Theme>("light");

export function applyTheme(): void {
  theme.value = chosen() ?? (machine.matches ? "dark" : "light");
  document.documentElement.dataset["theme"] = theme.value;
}

export function toggleTheme(): void {
  localStorage.setItem(KEY, theme.value === "dark" ? "light" : "dark");
  applyTheme();
}

machine.addEventListener("change", applyTheme);
