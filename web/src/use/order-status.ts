// The states an order can be in, in the order of its life, as the server's document lists them.
import type { paths } from "@/api/schema";

export type OrderStatus = NonNullable<NonNullable<paths["/orders"]["get"]["parameters"]["query"]>["status"]>;
export const ORDER_STATUSES: OrderStatus[] = ["awaiting_payment", "paid", "in_delivery", "delivered", "confirmed", "cancelling", "cancelled", "expired"];
