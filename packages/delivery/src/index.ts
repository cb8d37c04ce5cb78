export { GitDelivery } from "./git-delivery.ts";
export type { GitDeliveryOptions } from "./git-delivery.ts";
