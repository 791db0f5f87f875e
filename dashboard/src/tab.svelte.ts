/** What the page shown is called, as its `Title` says; empty while none does. */
export const tab = $state({ title: '' })
