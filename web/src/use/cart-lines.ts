// The cart's lines with what the shop says of them now: a product may be gone, dearer, or fewer.
import { computed } from "vue";
import { ask, type Schemas } from "@/api/client";
import { asProblem } from "@/api/problem";
import { cartLines } from "@/cart";
import { useQuery } from "./query";

export interface ShownLine {
  productId: string;
  quantity: number;
  product: Schemas["Product"] | undefined;
}

async function product(id: string): Promise<Schemas["Product"] | undefined> {
  try {
    return await ask((api) => api.GET("/products/{product_id}", { params: { path: { product_id: id } } }));
  } catch (error) {
    if (asProblem(error).isDecided) return undefined;
    throw error;
  }
}

export function useCartLines() {
  const ids = computed(() => cartLines.value.map((line) => line.productId).join());
  const { data, problem, loading, reload } = useQuery(
    async () => new Map(await Promise.all(cartLines.value.map(async (line) => [line.productId, await product(line.productId)] as const))),
    { when: ids, live: (change) => ids.value.includes(change.stream_id) },
  );
  const lines = computed(() => data.value && cartLines.value.map((line): ShownLine => ({ ...line, product: data.value?.get(line.productId) })));
  const currency = computed(() => lines.value?.find((line) => line.product)?.product?.currency ?? "KRW");
  const total = computed(() => (lines.value ?? []).reduce((sum, { product, quantity }) => sum + (product ? product.price * quantity : 0), 0));
  const canOrder = computed(() => (lines.value ?? []).length > 0 && (lines.value ?? []).every(({ product, quantity }) => product && product.stock >= quantity && product.currency === currency.value));
  return { lines, problem, loading, reload, currency, total, canOrder };
}
