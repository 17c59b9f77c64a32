// One answer of the server on a page: loading, there, or a problem; and asked for again when something changes.
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef, type WatchSource } from "vue";
import { asProblem, type ProblemError } from "@/api/problem";
import { onChange, type Change } from "@/live";

/** Changes come in flocks: an order that is paid is five events. */
const FLOCK = 60;

export interface Query<T> {
  data: ShallowRef<T | undefined>;
  problem: ShallowRef<ProblemError | undefined>;
  loading: Ref<boolean>;
  reload: () => Promise<void>;
}

interface Options<T> {
  /** Asks again when one of these changes. */
  when?: WatchSource | WatchSource[];
  /** Asks again when such a change is told; what is shown may decide. */
  live?: (change: Change, shown: T | undefined) => boolean;
}

export function useQuery<T>(load: () => Promise<T>, { when, live }: Options<T> = {}): Query<T> {
  const data = shallowRef<T>();
  const problem = shallowRef<ProblemError>();
  const loading = ref(true);
  let latest = 0;
  async function reload(): Promise<void> {
    const mine = ++latest;
    loading.value = true;
    try {
      const answer = await load();
      if (mine !== latest) return;
      data.value = answer;
      problem.value = undefined;
    } catch (error) {
      if (mine === latest) problem.value = asProblem(error);
    } finally {
      if (mine === latest) loading.value = false;
    }
  }
  if (when) watch(when, reload);
  if (live) useLive((change) => live(change, data.value), reload);
  const back = (): void => void (problem.value && reload());
  window.addEventListener("online", back);
  onScopeDispose(() => window.removeEventListener("online", back));
  void reload();
  return { data, problem, loading, reload };
}

/** Calls `reload` soon after such a change, once for a flock of them. */
export function useLive(wanted: (change: Change) => boolean, reload: () => unknown): void {
  let timer = 0;
  onChange((change) => {
    if (change !== "everything" && !wanted(change)) return;
    clearTimeout(timer);
    timer = window.setTimeout(reload, FLOCK);
  });
  onScopeDispose(() => clearTimeout(timer));
}
