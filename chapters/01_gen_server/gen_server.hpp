// Start here.
//
// A gen_server is any struct with handle() overloads, one for each message it understands:
//
//     struct counter {
//         struct get { using reply = int; };   // a call: somebody waits for an int
//         struct add { int by; };              // a cast: sent and forgotten
//
//         int count = 0;
//
//         int  handle(get)   { return count; }
//         void handle(add m) { count += m.by; }
//     };
//
// It runs as a process: it has a mailbox, handles one message at a time, and nobody else can touch its state.
//
//     half::runtime runtime;
//     auto server = runtime.start(counter{.count = 41});
//     server.cast(counter::add{1});
//     int n = runtime.call(server, counter::get{});          // 42
//
// Read on in this order:
//
//     messages.hpp      what is a message, what may a handler ask for
//     ref.hpp           cast, call, try_call, stop
//     self.hpp          a process seen from inside: timers, stop, spawn
//     from.hpp          answer later
//     task.hpp          handlers that wait
//     all.hpp           several calls at once
//     birth.hpp         start, init, terminate
//     exit_reason.hpp   why a process ended; exit and kill
//     answer.hpp        the six ways not to be answered
//     timer.hpp         time
//     mailbox.hpp       bounded mail
//     blocking.hpp      work that blocks
//     executor.hpp      Asio inside a process
//     sys.hpp           looking into a running system
//     runtime.hpp       workers, or a simulation
//     signal.hpp        what higher chapters build on
//
// What is in detail/ makes it go: process.hpp first.
#pragma once

#include <01_gen_server/all.hpp>
#include <01_gen_server/blocking.hpp>
#include <01_gen_server/runtime.hpp>
#include <01_gen_server/signal.hpp>
