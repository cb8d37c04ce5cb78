import * as fc from "fast-check";

/** As the program writes one. */
export const usualTask = `---
id: TASK-1
title: 'First harbour: parse, "quoted" & Ünïcode'
status: To Do
assignee:
  - '@someone'
created_date: '2026-11-22 15:36'
updated_date: '2026-11-22 15:40'
labels:
  - api
  - Web
dependencies:
  - TASK-2
priority: high
ordinal: 1000
---

## Description

<!-- SECTION:DESCRIPTION:BEGIN -->
What it is about
<!-- SECTION:DESCRIPTION:END -->

## Acceptance Criteria
<!-- AC:BEGIN -->
- [ ] #1 It works
<!-- AC:END -->
`;

const lines: readonly (readonly string[])[] = [
  ["status: To Do", "status:   'To Do'   # why", 'status: "In Progress"', "'status': Done", "status: To\n  Do"],
  ["title: A", "title: 'It''s: so'", "title: >-\n  long\n  words", 'title: "—status: x"'],
  ["created_date: '2026-11-22 15:36'", "created_date: 2026-11-22", "# status: Old"],
  ["updated_date: '2026-11-22 15:40'", 'updated_date: "2026-01-02 03:04" # seen', "priority:   low"],
  ["labels: [a,  B ]", "labels:\n    -   a\n    - b", "labels: []"],
  ["assignee: @someone", "assignee:\n  - '@someone'", "ordinal: 1000", "custom: { status: Inner }"],
];

/** Front matter as people and programs write it: any field in any style and any order, any line break. */
export const taskTexts: fc.Arbitrary<string> = fc
  .record({
    fields: fc
      .tuple(...lines.map((styles) => fc.constantFrom(...styles)))
      .chain((fields) => fc.shuffledSubarray(fields, { minLength: fields.length })),
    body: fc.constantFrom("", "\n\n", "\nstatus: no field\n---\nstatus: nor this\n", "\nprose  \n\n"),
    mark: fc.constantFrom("", "\uFEFF"),
    newline: fc.constantFrom("\n", "\r\n"),
    hasEnd: fc.boolean(),
  })
  .map(({ fields, body, mark, newline, hasEnd }) => {
    const text = `---\nid: task-7\n${fields.join("\n")}\n---\n${body}`;
    return mark + (hasEnd ? text : text.trimEnd()).replaceAll("\n", newline);
  });
