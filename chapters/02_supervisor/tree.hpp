// The running tree, to look at.
//
//     auto tree = runtime.run(half::look_at(root));             // in a task: co_await half::look_at(root)
//     fmt::print("{}", to_text(tree));                          // or to_dot(tree), or to_svg(tree)
//
//     root       <0.1.1>  half::supervisor, rest_for_one
//     ├─ gas     <0.2.1>  station
//     ├─ stove   <0.3.2>  station, 1 restart (crash: out of order)
//     └─ guests  <0.4.1>  half::supervisor, one_for_one
//        ├─ ann  <0.5.1>  guest, 12 in the mail
//        └─ bob  <0.6.1>  guest, busy
//
// It is asked as `sys` asks: supervisors answer even while they are busy with a child, and one that does not answer in
// time is shown as busy. Of many children a few are shown, and how many more there are.
#pragma once

#include <02_supervisor/supervisor.hpp>

#include <string>
#include <vector>

namespace half {

/// One process in the tree, and those below it.
struct tree_node {
    child_info             child;             ///< As its supervisor knows it. The one that was asked for is `root`.
    std::string            strategy = {};     ///< Of a supervisor: `rest_for_one`.
    std::uint64_t          mail     = 0;      ///< Messages waiting.
    bool                   busy     = false;  ///< It did not answer in time.
    bool                   gone     = false;  ///< It ended while the tree was looked at.
    std::vector<tree_node> children = {};     ///< In the order of their start.
    std::size_t            more     = 0;      ///< So many children are not shown.
};

/// How much of a tree is looked at.
struct tree_limits {
    std::size_t children = 20;                              ///< Of one supervisor.
    std::size_t depth    = 16;                              ///< Levels of children below the root.
    duration    patience = std::chrono::milliseconds{500};  ///< For the answers of one level.
};

/// In a task: the tree below a supervisor, at this moment.
///
/// @snippet 02_supervisor/tree_test.cpp look_at
task<tree_node> look_at(pid root, tree_limits limits = {});

std::string to_text(const tree_node& root);  ///< One line a process, for a terminal.
std::string to_dot(const tree_node& root);   ///< For graphviz.
/// A picture for a browser. It needs no other program. As a file it follows the light or dark of the reader's system,
/// as a part of a page the colour of its text.
std::string to_svg(const tree_node& root);

}  // namespace half
