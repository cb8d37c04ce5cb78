// @ts-check

/**
 * An issue from a record of the service; `null` where the record is none. What is of no use in it is left out.
 *
 * @param {unknown} record
 * @returns {import("@signalbox/contracts").Issue | null}
 */
export function toIssue(record) {
  const { id, title, state, description, priority, labels, created, url } = Object(record);
  if (!isText(id) || !isText(title) || !isText(state)) return null;
  return {
    id,
    identifier: `#${id}`,
    title,
    description: typeof description === "string" ? description : null,
    state,
    stateKind: null,
    priority: [1, 2, 3, 4].includes(priority) ? priority : null,
    labels: normalLabels(labels),
    blockedBy: [],
    assignee: null,
    branchName: null,
    url: typeof url === "string" && /^https?:\/\//.test(url) ? url : null,
    createdAt: isInstant(created) ? created : null,
    updatedAt: null,
    notDispatchable: null,
    nativeRef: { id },
  };
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isText(value) {
  return typeof value === "string" && value.trim() !== "";
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isInstant(value) {
  return (
    typeof value === "string" &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

/** @param {unknown} labels */
function normalLabels(labels) {
  if (!Array.isArray(labels)) return [];
  const trimmed = labels.filter(isText).map((label) => label.trim().toLowerCase());
  return [...new Set(trimmed)];
}
