// Something a person asks for once. The idempotency key is made when the form opens and stays while the answer is in
// doubt: a double click, a lost answer or a tired network make the same request again, which happens once. What the
// server has refused is decided, and the next try is a new request.
import { ref, shallowRef } from "vue";
import { freshKey } from "@/api/client";
import { asProblem, type ProblemError } from "@/api/problem";

export function useCommand<A extends unknown[], T>(run: (key: string, ...given: A) => Promise<T>, firstKey?: () => string) {
  let key = firstKey ? undefined : freshKey();
  const busy = ref(false);
  const problem = shallowRef<ProblemError>();
  async function send(...given: A): Promise<T | undefined> {
    if (busy.value) return undefined;
    busy.value = true;
    problem.value = undefined;
    try {
      const answer = await run(key ?? firstKey?.() ?? freshKey(), ...given);
      if (!firstKey) key = freshKey();
      return answer;
    } catch (error) {
      const refused = asProblem(error);
      if (refused.isDecided) key = freshKey();
      problem.value = refused;
      return undefined;
    } finally {
      busy.value = false;
    }
  }
  return { send, busy, problem };
}
