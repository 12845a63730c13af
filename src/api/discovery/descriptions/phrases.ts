/** What is said in several places. */
export const selector =
  "Which pods: those that have all of these labels. An empty selector is none, and selects nothing.";
export const given = "Given by the server.";
