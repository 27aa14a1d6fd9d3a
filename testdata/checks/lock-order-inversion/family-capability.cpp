// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any class with Clang's capability attributes is a lock, though its bodies are elsewhere.
#define CAPABILITY(x) __attribute__((capability(x)))
#define SCOPED __attribute__((scoped_lockable))
#define ACQUIRE(...) __attribute__((acquire_capability(__VA_ARGS__)))
#define ACQUIRE_SHARED(...) __attribute__((acquire_shared_capability(__VA_ARGS__)))
#define RELEASE(...) __attribute__((release_capability(__VA_ARGS__)))
#define TRY_ACQUIRE(...) __attribute__((try_acquire_capability(__VA_ARGS__)))
#define REQUIRES(...) __attribute__((requires_capability(__VA_ARGS__)))

class CAPABILITY("mutex") Gate {
public:
  void shut() ACQUIRE();
  void open() RELEASE();
  bool tryShut() TRY_ACQUIRE(true);
};

class SCOPED Passage {
public:
  explicit Passage(Gate &gate) ACQUIRE(gate);
  ~Passage() RELEASE();
};

namespace bad {
Gate a, b;
int counter;

void forward() {
  a.shut();
  b.shut(); // expect-any(gates): raddle-lock-order-inversion
  ++counter;
  b.open();
  a.open();
}
void backward() {
  Passage y(b);
  Passage x(a); // expect-any(gates): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad

namespace good_tried {
Gate a, b;
int counter;

void forward() {
  Passage x(a);
  Passage y(b);
  ++counter;
}
void backward() {
  Passage y(b);
  if (a.tryShut()) {
    ++counter;
    a.open();
  }
}
} // namespace good_tried

namespace bad_free_functions {
class Buffer {
public:
  void begin() ACQUIRE(gate_);
  void end() RELEASE(gate_);
  Gate gate_;
  int size = 0;
};
Gate log;

void forward(Buffer &buffer) {
  buffer.begin();
  Passage y(log); // expect-any(functions): raddle-lock-order-inversion
  ++buffer.size;
  buffer.end();
}
void backward(Buffer &buffer) {
  Passage y(log);
  buffer.begin(); // expect-any(functions): raddle-lock-order-inversion
  ++buffer.size;
  buffer.end();
}
} // namespace bad_free_functions

namespace bad_required {
// The caller must hold 'a', so 'b' is taken under it, even if no caller is seen.
Gate a, b;
int counter;

void forward() REQUIRES(a);
void forward() {
  Passage y(b); // expect-any(required): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  Passage y(b);
  Passage x(a); // expect-any(required): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_required
