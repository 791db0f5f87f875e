import { MediaQuery } from 'svelte/reactivity'

/** A phone held upright: tables become cards, lists are shortened. */
export const narrow = new MediaQuery('(max-width: 719px)')

/** Entries of a list shown on a phone until asked for all. */
export const SHORT_LIST = 6
