// One order and what happened to it, kept up to date.
import { ask, type Schemas } from "@/api/client";
import { useQuery } from "./query";

const MOMENTS = 100;

/** The whole timeline: an order's life is some dozens of events. */
async function moments(orderId: string): Promise<{ items: Schemas["Moment"][] }> {
  const items: Schemas["Moment"][] = [];
  for (let cursor: string | undefined; ; ) {
    const query = { limit: MOMENTS, cursor };
    const page = await ask((api) => api.GET("/orders/{order_id}/timeline", { params: { path: { order_id: orderId }, query } }));
    items.push(...page.items);
    if (!page.next) return { items };
    cursor = page.next;
  }
}

export function useOrder(orderId: string) {
  const live = (change: { order_id?: string | null }): boolean => change.order_id === orderId;
  const order = useQuery(() => ask((api) => api.GET("/orders/{order_id}", { params: { path: { order_id: orderId } } })), { live });
  const timeline = useQuery(() => moments(orderId), { live });
  const reload = (): Promise<unknown> => Promise.all([order.reload(), timeline.reload()]);
  return { order, timeline, reload };
}
