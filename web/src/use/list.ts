// A list that the server gives in pages: the first one, and more when asked for. A change reads anew as much as is
// shown, so that a row moves and none is lost or doubled.
import { computed, ref, shallowRef, watch, type WatchSource } from "vue";
import { asProblem, type ProblemError } from "@/api/problem";
import type { Change } from "@/live";
import { useLive } from "./query";

export const PAGE = 20;
const PAGE_MAX = 100;

interface Page<T, C> {
  items: T[];
  next?: C | null;
}

interface Options {
  when?: WatchSource | WatchSource[];
  live?: (change: Change) => boolean;
}

export function useList<T, C = string>(load: (cursor: C | undefined, limit: number) => Promise<Page<T, C>>, { when, live }: Options = {}) {
  const items = shallowRef<T[]>();
  const next = shallowRef<C | null>();
  const problem = shallowRef<ProblemError>();
  const loading = ref(true);
  let latest = 0;
  async function read(cursor: C | undefined, limit: number): Promise<void> {
    const mine = ++latest;
    loading.value = true;
    try {
      const page = await load(cursor, limit);
      if (mine !== latest) return;
      items.value = cursor === undefined ? page.items : [...(items.value ?? []), ...page.items];
      next.value = page.next;
      problem.value = undefined;
    } catch (error) {
      if (mine === latest) problem.value = asProblem(error);
    } finally {
      if (mine === latest) loading.value = false;
    }
  }
  const reload = (): Promise<void> => read(undefined, Math.min(Math.max(items.value?.length ?? 0, PAGE), PAGE_MAX));
  const more = (): Promise<void> => read(next.value ?? undefined, PAGE);
  if (when)
    watch(when, () => {
      items.value = undefined;
      void read(undefined, PAGE);
    });
  if (live) useLive(live, reload);
  void reload();
  return { data: items, problem, loading, reload, more, hasMore: computed(() => next.value !== undefined && next.value !== null) };
}
