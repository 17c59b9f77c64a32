// Numbers, money and moments as the reader's language writes them. Money is whole minor units; how many decimals a
// currency has, the browser knows.
import { computed } from "vue";
import { useI18n } from "vue-i18n";

export function useFormat() {
  const { locale } = useI18n();
  const of = (currency: string) => new Intl.NumberFormat(locale.value, { style: "currency", currency, currencyDisplay: "symbol" });
  const digits = (currency: string) => of(currency).resolvedOptions().maximumFractionDigits ?? 0;
  const moment = computed(() => new Intl.DateTimeFormat(locale.value, { dateStyle: "medium", timeStyle: "short" }));
  const day = computed(() => new Intl.DateTimeFormat(locale.value, { dateStyle: "medium" }));
  const number = computed(() => new Intl.NumberFormat(locale.value));
  const money = (minor: number, currency: string): string => {
    const won = locale.value === "ko" && currency === "KRW";
    return won ? `${number.value.format(minor)}원` : of(currency).format(minor / 10 ** digits(currency));
  };
  return {
    money,
    digits,
    number: (value: number): string => number.value.format(value),
    moment: (at: string | null | undefined): string => (at ? moment.value.format(new Date(at)) : "–"),
    day: (at: string | null | undefined): string => (at ? day.value.format(new Date(at)) : "–"),
  };
}

/** The end of an id, by which people tell them apart. */
export const shortId = (id: string): string => `${id.slice(0, 4)}…${id.slice(-6)}`;
