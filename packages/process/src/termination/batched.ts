import { setImmediate as immediate } from "node:timers/promises";

/**
 * One run of `work` for all who ask at the same time. Whoever asks while it runs gets a run of its own time, the next
 * one: a result is never older than the question.
 */
export function batched<Order, Result>(
  work: (orders: readonly Order[]) => Promise<Result>,
): (order: Order) => Promise<Result> {
  let next: { readonly orders: Order[]; readonly result: Promise<Result> } | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function run(orders: readonly Order[], before: Promise<unknown>): Promise<Result> {
    await before;
    await immediate();
    next = null;
    return work(orders);
  }

  return (order) => {
    if (next !== null) {
      next.orders.push(order);
      return next.result;
    }
    const orders = [order];
    const result = run(orders, last);
    next = { orders, result };
    last = result.catch(() => undefined);
    return result;
  };
}
