/**
 * The requests, shaped by hand: the SDK's own models ask once per issue and field, these once per page. `first` of
 * the nested lists keeps a page of 50 at half of the 10,000 points of complexity that one request may cost.
 */
const issueFields = `
fragment LabelNodes on IssueLabelConnection {
  nodes { name }
  pageInfo { hasNextPage endCursor }
}
fragment BlockerNodes on IssueRelationConnection {
  nodes { id type issue { id identifier state { name type } } }
  pageInfo { hasNextPage endCursor }
}
fragment IssueFields on Issue {
  id identifier title description priority url branchName createdAt updatedAt archivedAt trashed
  state { id name type }
  team { id key }
  project { id slugId }
  assignee { id displayName email }
  delegate { id displayName }
  labels(first: 10) { ...LabelNodes }
  inverseRelations(first: 10) { ...BlockerNodes }
}`;

export const issuesDocument: string = `
query SignalboxIssues($filter: IssueFilter, $first: Int!, $after: String) {
  issues(filter: $filter, first: $first, after: $after, orderBy: createdAt) {
    nodes { ...IssueFields }
    pageInfo { hasNextPage endCursor }
  }
}${issueFields}`;

export const changedIssuesDocument: string = `
query SignalboxChangedIssues($filter: IssueFilter, $first: Int!, $after: String) {
  issues(filter: $filter, first: $first, after: $after, orderBy: updatedAt, includeArchived: true) {
    nodes { ...IssueFields }
    pageInfo { hasNextPage endCursor }
  }
}${issueFields}`;

/** One issue with the states of its team: what a transition needs to know. */
export const issueWithStatesDocument: string = `
query SignalboxIssueWithStates($id: ID!) {
  issues(filter: { id: { eq: $id } }, first: 1) {
    nodes { ...IssueFields team { states(first: 100) { nodes { id name type } } } }
    pageInfo { hasNextPage endCursor }
  }
}${issueFields}`;

export const moreLabelsDocument: string = `
query SignalboxMoreLabels($id: String!, $after: String) {
  issue(id: $id) { connection: labels(first: 250, after: $after) { ...LabelNodes } }
}
fragment LabelNodes on IssueLabelConnection {
  nodes { name }
  pageInfo { hasNextPage endCursor }
}`;

export const moreBlockersDocument: string = `
query SignalboxMoreBlockers($id: String!, $after: String) {
  issue(id: $id) { connection: inverseRelations(first: 100, after: $after) { ...BlockerNodes } }
}
fragment BlockerNodes on IssueRelationConnection {
  nodes { id type issue { id identifier state { name type } } }
  pageInfo { hasNextPage endCursor }
}`;

export const scopeDocument: string = `
query SignalboxScope($teamKey: String!, $slugs: [String!]!, $byTeam: Boolean!, $byProject: Boolean!) {
  viewer { id app }
  organization { id urlKey }
  teams(filter: { key: { eqIgnoreCase: $teamKey } }, first: 1) @include(if: $byTeam) {
    nodes { id key states(first: 100) { nodes { name type position } } }
  }
  projects(filter: { slugId: { in: $slugs } }, first: 1) @include(if: $byProject) {
    nodes { id slugId url teams(first: 20) { nodes { id states(first: 50) { nodes { name type position } } } } }
  }
}`;

/** What there is, for an error about what there is not. */
export const placesDocument: string = `
query SignalboxPlaces {
  teams(first: 100) { nodes { key } }
  projects(first: 100) { nodes { name slugId } }
}`;

export const updateIssueDocument: string = `
mutation SignalboxUpdateIssue($id: String!, $input: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) { success }
}`;

const commentFields = `fragment CommentFields on Comment {
  id body createdAt updatedAt editedAt
  user { id displayName app }
  botActor { id }
}`;

export const createCommentDocument: string = `
mutation SignalboxCreateComment($input: CommentCreateInput!) {
  commentCreate(input: $input) { success comment { ...CommentFields } }
}${commentFields}`;

export const updateCommentDocument: string = `
mutation SignalboxUpdateComment($id: String!, $input: CommentUpdateInput!) {
  commentUpdate(id: $id, input: $input) { success comment { ...CommentFields } }
}${commentFields}`;

export const commentDocument: string = `
query SignalboxComment($id: String!) {
  comment(id: $id) { ...CommentFields }
}${commentFields}`;

export const commentsDocument: string = `
query SignalboxComments($filter: CommentFilter, $first: Int!, $after: String) {
  comments(filter: $filter, first: $first, after: $after, orderBy: createdAt) {
    nodes { ...CommentFields }
    pageInfo { hasNextPage endCursor }
  }
}${commentFields}`;

export const labelDocument: string = `
query SignalboxLabel($name: String!) {
  issueLabels(filter: { name: { eqIgnoreCase: $name } }, first: 50) {
    nodes { id name team { id } }
  }
}`;

export const createAttachmentDocument: string = `
mutation SignalboxCreateAttachment($input: AttachmentCreateInput!) {
  attachmentCreate(input: $input) { success }
}`;

/** Newest first: the session of ours that was opened last is the one to go on with. */
export const sessionsOfIssueDocument: string = `
query SignalboxSessionsOfIssue($id: String!) {
  issue(id: $id) {
    agentSessions(first: 50, orderBy: createdAt) { nodes { id status appUser { id } createdAt } }
  }
}`;

export const sessionsDocument: string = `
query SignalboxSessions {
  agentSessions(first: 100, orderBy: updatedAt) { nodes { id status appUser { id } issue { id } } }
}`;

export const createSessionDocument: string = `
mutation SignalboxCreateSession($input: AgentSessionCreateOnIssue!) {
  agentSessionCreateOnIssue(input: $input) { success agentSession { id } }
}`;

export const updateSessionDocument: string = `
mutation SignalboxUpdateSession($id: String!, $input: AgentSessionUpdateInput!) {
  agentSessionUpdate(id: $id, input: $input) { success }
}`;

export const createActivityDocument: string = `
mutation SignalboxCreateActivity($input: AgentActivityCreateInput!) {
  agentActivityCreate(input: $input) { success }
}`;

export const activityDocument: string = `
query SignalboxActivity($id: String!) {
  agentActivity(id: $id) { id }
}`;

export const promptsDocument: string = `
query SignalboxPrompts($filter: AgentActivityFilter) {
  agentActivities(filter: $filter, first: 50, orderBy: createdAt) {
    nodes { id createdAt signal agentSession { id } }
  }
}`;
