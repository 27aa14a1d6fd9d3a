// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A guard as a member of an object: the lock is held as long as the object lives.
#include <memory>
#include <mutex>

class Table;

class Transaction {
public:
  explicit Transaction(Table &table);
  void set(int value);

private:
  Table &table_;
  std::unique_lock<std::mutex> lock_;
};

class Table {
public:
  std::mutex mutex;
  int value = 0;
};

inline Transaction::Transaction(Table &table) : table_(table), lock_(table.mutex) {}
inline void Transaction::set(int value) { table_.value = value; }

namespace bad {
std::mutex log;

void update(Table &table) {
  Transaction transaction(table);
  std::lock_guard<std::mutex> lock(log); // expect-any(member): raddle-lock-order-inversion "Table::mutex" "log"
  transaction.set(1);
}
void print(Table &table) {
  std::lock_guard<std::mutex> lock(log);
  Transaction transaction(table); // expect-any(member): raddle-lock-order-inversion "Table::mutex" "log"
  transaction.set(2);
}
} // namespace bad

class Document {
public:
  std::mutex mutex;
  int value = 0;
};

class Edit {
public:
  explicit Edit(Document &document) : document_(document), lock_(document.mutex) {}
  void set(int value) { document_.value = value; }

private:
  Document &document_;
  std::lock_guard<std::mutex> lock_;
};

namespace good {
std::mutex log;

void update(Document &document) {
  {
    Edit edit(document);
    edit.set(1);
  }
  std::lock_guard<std::mutex> lock(log);
  document.value = 2;
}
void print(Document &document) {
  std::lock_guard<std::mutex> lock(log);
  Edit edit(document);
  edit.set(3);
}
} // namespace good

class Page {
public:
  std::mutex mutex;
  int value = 0;
};

class Pin {
public:
  explicit Pin(Page &page) : page_(page), lock_(page.mutex) {}
  void set(int value) { page_.value = value; }

private:
  Page &page_;
  std::unique_lock<std::mutex> lock_;
};

namespace bad_on_the_heap {
std::mutex log;

void update(Page &page) {
  auto pin = std::make_unique<Pin>(page);
  std::lock_guard<std::mutex> lock(log);
  // not followed: a guard that std::make_unique builds.
  pin->set(1);
}
} // namespace bad_on_the_heap
