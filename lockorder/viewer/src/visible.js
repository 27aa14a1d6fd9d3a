// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names come from outside. Characters that cannot be seen, or that turn the text around them, are
// written out, so that what is read is what is there. Plain JavaScript, as tools/ uses it too.

const HIDDEN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
const HIDDEN_ALL = new RegExp(HIDDEN.source, "gu");

/** @param {string} text @returns {boolean} */
export function hasHidden(text) {
  return HIDDEN.test(text);
}

/** @param {string} character @returns {string} */
export function codePoint(character) {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return "\u27e8U+" + hex + "\u27e9";
}

/** @param {string} text @returns {string} */
export function visible(text) {
  return HIDDEN.test(text) ? text.replace(HIDDEN_ALL, codePoint) : text;
}

/**
 * The text cut into pieces; every second piece (1, 3, ...) is a character to write out.
 * @param {string} text @returns {string[]}
 */
export function splitHidden(text) {
  return HIDDEN.test(text) ? text.split(new RegExp("(" + HIDDEN.source + ")", "gu")) : [text];
}

/**
 * Cuts after that many code units, never inside a surrogate pair.
 * @param {string} text @param {number} length @returns {string}
 */
export function firstPart(text, length) {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}

/**
 * Cuts the middle out: the end of a C++ name tells more than what precedes it.
 * @param {string} text @param {number} length @returns {string}
 */
export function shorten(text, length) {
  const whole = visible(text);
  if (whole.length <= length) return whole;
  const head = firstPart(whole, Math.ceil((length - 1) * 0.4));
  let tail = whole.slice(whole.length - Math.floor((length - 1) * 0.6));
  const first = tail.charCodeAt(0);
  if (first >= 0xdc00 && first < 0xe000) tail = tail.slice(1);
  return head + "\u2026" + tail;
}
