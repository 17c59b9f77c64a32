// Who is logged in. The token is kept by the browser until it expires or the person logs out; other tabs follow.
import { computed, ref, watch } from "vue";

export type Role = "buyer" | "seller" | "operator" | "auditor";

export interface Session {
  token: string;
  customerId: string;
  email: string;
  roles: Role[];
  expiresAt: string;
}

const KEY = "escrow.session";

function kept(): Session | null {
  try {
    const session = JSON.parse(localStorage.getItem(KEY) ?? "null") as Session | null;
    return typeof session?.token === "string" && Array.isArray(session.roles) ? session : null;
  } catch {
    return null;
  }
}

export const session = ref<Session | null>(kept());
export const has = (role: Role): boolean => session.value?.roles.includes(role) ?? false;
export const sellerId = computed(() => session.value?.customerId.replace(/^cus_/, "sel_") ?? "");

watch(session, (now) => {
  if (now) localStorage.setItem(KEY, JSON.stringify(now));
  else localStorage.removeItem(KEY);
});
window.addEventListener("storage", (event) => {
  if (event.key === KEY && event.newValue !== JSON.stringify(session.value)) session.value = kept();
});

/** Whether the log-in stands over the page, because the session ended while it was open. */
export const renewing = ref(false);
let waiting: ((renewed: boolean) => void)[] = [];

/** Asks the person to log in again, over the page they are at. */
export function renew(): Promise<boolean> {
  if (!session.value) return Promise.resolve(false);
  renewing.value = true;
  return new Promise((resolve) => waiting.push(resolve));
}

export function renewed(done: boolean): void {
  renewing.value = false;
  const all = waiting;
  waiting = [];
  if (!done) session.value = null;
  for (const resolve of all) resolve(done);
}
