// What changes, as it changes: one stream of server-sent events per visible page, read with the session's token.
//
// A hidden page does not listen, or a person with six tabs would have used up the browser's connections; when it is
// looked at again it goes on after the last position it heard of, as it does after a lost connection.
import { onScopeDispose, ref, watch } from "vue";
import { sawPosition, type Schemas } from "@/api/client";
import { session } from "@/session";

export type Change = Schemas["Change"];
type Hear = (change: Change | "everything") => void;

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

export const isLive = ref(false);
const listeners = new Set<Hear>();
let last = "";
let stop: AbortController | null = null;

/** Calls `hear` for each change until the component is gone. */
export function onChange(hear: Hear): void {
  listeners.add(hear);
  onScopeDispose(() => listeners.delete(hear));
}

/** Listens whenever somebody is logged in and looks at the page. */
export function startListening(): void {
  document.addEventListener("visibilitychange", follow);
  window.addEventListener("online", follow);
  watch(() => session.value?.token, (_, before) => {
    if (!before) last = "";
    hangUp();
    follow();
  });
  follow();
}

function follow(): void {
  const wanted = session.value !== null && document.visibilityState === "visible";
  if (wanted && !stop) void listen((stop = new AbortController()));
  if (!wanted) hangUp();
}

function hangUp(): void {
  stop?.abort();
  stop = null;
  isLive.value = false;
}

async function listen(own: AbortController): Promise<void> {
  for (let pause = FIRST_PAUSE; !own.signal.aborted; ) {
    const heard = await once(own.signal).catch(() => false);
    isLive.value = false;
    if (heard === "refused") break;
    pause = heard ? FIRST_PAUSE : Math.min(pause * 2, LONGEST_PAUSE);
    await new Promise((resolve) => setTimeout(resolve, pause * (0.75 + Math.random() / 2)));
  }
  if (stop === own) stop = null;
}

/** Reads one connection to its end; whether it was one. */
async function once(signal: AbortSignal): Promise<boolean | "refused"> {
  const headers: Record<string, string> = { Authorization: `Bearer ${session.value?.token ?? ""}`, Accept: "text/event-stream" };
  if (last) headers["Last-Event-ID"] = last;
  const response = await fetch("/events/stream", { headers, signal, cache: "no-store" });
  // An expired session is the next request's business: it asks for a new log-in.
  if (response.status === 401) return "refused";
  if (!response.ok || !response.body) return false;
  isLive.value = true;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) return true;
    const messages = (text + value).split("\n\n");
    text = messages.pop() ?? "";
    messages.forEach(hear);
  }
}

function hear(message: string): void {
  const fields = new Map(message.split("\n").map((line) => {
    const at = line.indexOf(":");
    return [line.slice(0, at), line.slice(at + 1).trimStart()] as const;
  }));
  const id = fields.get("id");
  if (!id) return;
  last = id;
  sawPosition(Number(id));
  const change = fields.get("event") === "reset" ? "everything" : (JSON.parse(fields.get("data") ?? "{}") as Change);
  for (const listener of [...listeners]) listener(change);
}
