#include <stdlib.h>
struct Node { Node *next; };
static Node *make(Node *n) { Node *r = new Node; r->next = n; return r; }
static Node *volatile top;
int main() { top = make(make(nullptr)); top = nullptr; }
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
