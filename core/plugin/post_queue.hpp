// SPDX-License-Identifier: Apache-2.0
// The posts of one plugin on their way to control: each is run or dropped, exactly once.
#pragma once

#include <veche/host.h>

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace veche::plugin {

/// A list to which every thread adds in front, and whose end is also the mark that it is closed: so
/// a post is either refused, or found by close().
class PostQueue {
 public:
  struct Post {
    veche_callback callback, drop;
    void* data;
  };

  PostQueue() = default;
  /// Closed before, or nobody will free what the posts own.
  ~PostQueue() = default;
  PostQueue(const PostQueue&) = delete;
  PostQueue& operator=(const PostQueue&) = delete;

  /// [any but lane] False if the queue is closed.
  bool push(const Post& post) {
    auto node = std::make_unique<Node>(Node{post, newest_.load(std::memory_order_relaxed)});
    do {
      if (node->older == &closed_) return false;
    } while (!newest_.compare_exchange_weak(node->older, node.get(), std::memory_order_release,
                                            std::memory_order_relaxed));
    node.release();  // NOLINT(bugprone-unused-return-value): the list owns it.
    return true;
  }

  /// [any]
  bool is_closed() const { return newest_.load(std::memory_order_relaxed) == &closed_; }
  /// [control] The oldest.
  std::optional<Post> take() {
    if (newest_.load(std::memory_order_relaxed) != &closed_) {
      collect(newest_.exchange(nullptr, std::memory_order_acquire));
    }
    if (waiting_.empty()) return {};
    const Post oldest = waiting_.front();
    waiting_.pop_front();
    return oldest;
  }

  /// [control] Refuses posts from now on. Returns those that nobody has taken.
  std::deque<Post> close() {
    Node* const newest = newest_.exchange(&closed_, std::memory_order_acq_rel);
    if (newest != &closed_) collect(newest);
    return std::exchange(waiting_, {});
  }

 private:
  struct Node {
    Post post;
    Node* older;
  };

  void collect(Node* newest) {
    std::vector<Post> newest_first;
    while (newest) {
      const std::unique_ptr<Node> node(newest);
      newest_first.push_back(node->post);
      newest = node->older;
    }
    waiting_.insert(waiting_.end(), newest_first.rbegin(), newest_first.rend());
  }

  Node closed_{};  ///< Its address alone counts.
  std::atomic<Node*> newest_{nullptr};
  std::deque<Post> waiting_;  ///< [control] Oldest first.
};

}  // namespace veche::plugin
