/** Delivers what its argument says, as a daemon does, and prints the result. */
import type { DeliveryOrder, WorkflowConfig } from "@signalbox/contracts";
import { GitDelivery } from "../index.ts";
import { calm } from "./scratch.ts";

const order: { readonly config: WorkflowConfig; readonly delivery: DeliveryOrder } = JSON.parse(
  process.argv[2] ?? "",
);
const result = await new GitDelivery(order.config).deliver(order.delivery, calm);
process.stdout.write(JSON.stringify(result));
