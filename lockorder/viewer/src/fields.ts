// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fields of a document that anybody may have written, made to fit the types the views work with.

export type Raw = Record<string, unknown>;
export const object = (value: unknown): Raw => (typeof value === "object" && value !== null ? (value as Raw) : {});
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
export const numberOrNull = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
/** A count or a time: neither is negative. */
export const amount = (value: unknown): number => Math.max(0, numberOrNull(value) ?? 0);
export const amountOrNull = (value: unknown): number | null => (numberOrNull(value) === null ? null : amount(value));
export const index = (value: unknown, size: number): number | null => (Number.isInteger(value) && (value as number) >= 0 && (value as number) < size ? (value as number) : null);
