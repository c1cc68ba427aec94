#include "loop.hpp"

#include "json.hpp"
#include "keys.hpp"
#include "my_files.hpp"
#include "pages.hpp"
#include "screen.hpp"
#include "teller.hpp"
#include "terminal.hpp"
#include "text.hpp"
#include "watch.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace exercises {
namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// The climb happens in a thread, and what it tells is read here when there is time.
class climbing {
public:
    climbing() : told_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {}
    climbing(const climbing&)            = delete;
    climbing& operator=(const climbing&) = delete;
    ~climbing() {
        stop();
        close(told_);
    }

    int fd() const { return told_; }

    void begin(const workshop& in, const manifest& m) {
        stop();
        thread_ = std::jthread{[this, in, m](const std::stop_token& enough) {
            climb_ladder(in, m, enough, [&](const climb& now) {
                const std::scoped_lock held{mutex_};
                news_.push_back(now);
                eventfd_write(told_, 1);
            });
        }};
    }

    // Whatever it has started has ended when this returns.
    void stop() {
        thread_.request_stop();
        if (thread_.joinable()) thread_.join();
        news_.clear();
    }

    std::deque<climb> news() {
        eventfd_t ignored = 0;
        eventfd_read(told_, &ignored);
        const std::scoped_lock held{mutex_};
        return std::exchange(news_, {});
    }

private:
    int               told_;
    std::mutex        mutex_;
    std::deque<climb> news_;
    std::jthread      thread_;
};

// Signals are read like everything else that happens. They are blocked in this thread and in those that it starts.
class signals {
public:
    signals() {
        sigset_t mine;
        sigemptyset(&mine);
        for (const int one : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP}) sigaddset(&mine, one);
        pthread_sigmask(SIG_BLOCK, &mine, &before_);
        fd_ = signalfd(-1, &mine, SFD_CLOEXEC | SFD_NONBLOCK);
    }
    signals(const signals&)            = delete;
    signals& operator=(const signals&) = delete;
    ~signals() {
        close(fd_);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

    int fd() const { return fd_; }
    int next() {  // 0: no more
        signalfd_siginfo one = {};
        return read(fd_, &one, sizeof one) == sizeof one ? static_cast<int>(one.ssi_signo) : 0;
    }

private:
    sigset_t before_ = {};
    int      fd_     = -1;
};

// What the loop looks like: a screen that is drawn anew, or lines that follow each other.
class face {
public:
    virtual ~face()                                       = default;
    virtual void               opened(const screen& what) = 0;
    virtual void               changed(screen& what)      = 0;  // after each key, and whatever else happens
    virtual void               climbed(const climb& now, const screen& what)      = 0;
    virtual void               hinted(const shown_hint& hint, const screen& what) = 0;
    virtual std::vector<press> read(std::string_view bytes)                       = 0;
    virtual bool               waits_for_more() const { return false; }
    virtual std::vector<press> moment_is_over() { return {}; }
    virtual void               paused() {}
    virtual void               resumed() {}
    virtual size               measure() const { return {}; }
    virtual void               farewell(const std::string& sentence) = 0;
};

class drawn_face final : public face {
public:
    drawn_face() : can_{abilities_of(true)} {
        const auto rows = terminal_.measure().rows;
        write_out(std::string(static_cast<std::size_t>(rows), '\n'));  // what was there stays above
    }

    void opened(const screen&) override {}
    void climbed(const climb&, const screen&) override {}
    void hinted(const shown_hint&, const screen&) override {}
    void changed(screen& what) override {
        const auto now = terminal_.measure();
        if (now.columns != last_.columns || now.rows != last_.rows) write_out("\x1b[2J");
        last_             = now;
        const auto  lines = draw(what, can_, now);
        std::string all   = "\x1b[H";
        for (const auto& each : lines) {
            if (&each != lines.data()) all += "\r\n";
            all += drawn(each, can_, static_cast<std::size_t>(now.columns)) + "\x1b[K";
        }
        write_out(all + "\x1b[J");
    }

    std::vector<press> read(std::string_view bytes) override { return keys_.read(bytes); }
    bool               waits_for_more() const override { return keys_.waits(); }
    std::vector<press> moment_is_over() override { return keys_.moment_is_over(); }
    void               paused() override {
        write_out("\r\n");
        terminal_.give_back();
    }
    void resumed() override {
        terminal_.take();
        last_ = {.columns = 0, .rows = 0};
    }
    size measure() const override { return terminal_.measure(); }
    void farewell(const std::string& sentence) override {
        write_out("\r\n" + (can_.utf8 ? sentence : in_ascii(sentence)) + "\r\n");
    }

private:
    terminal   terminal_;
    abilities  can_;
    key_reader keys_;
    size       last_ = {.columns = 0, .rows = 0};
};

class told_face final : public face {
public:
    explicit told_face(form how)
        : can_{abilities_of(isatty(STDOUT_FILENO) != 0)}, to_{how == form::json ? json_teller() : plain_teller(can_)} {}

    void opened(const screen& what) override { to_->opened(what.of, what.rows); }
    void climbed(const climb& now, const screen& what) override { to_->climbed(what.of, now); }
    void hinted(const shown_hint& hint, const screen& what) override { to_->hinted(what.of, hint); }
    void changed(screen& what) override {
        for (const auto& each : std::exchange(what.notices, {})) to_->said(each);
        switch (std::exchange(what.open, page::exercise)) {
        case page::exercise: break;
        case page::list:
            to_->listed(what.rows, what.of.slug);
            to_->said("./workbook goto NAME, and then ./workbook, opens another one.");
            break;
        case page::text: to_->text(what.title, what.text); break;
        }
    }

    // A line is a key: its first letter counts, so that `hint` may be written out.
    std::vector<press> read(std::string_view bytes) override {
        std::vector<press> found;
        pending_ += bytes;
        for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
            const auto word = trimmed(std::string_view{pending_}.substr(0, end));
            if (!word.empty()) found.push_back(typed(word.front()));
            pending_.erase(0, end + 1);
        }
        return found;
    }
    void farewell(const std::string& sentence) override { to_->said(sentence); }

private:
    abilities               can_;
    std::unique_ptr<teller> to_;
    std::string             pending_;
};

class loop {
public:
    loop(const workshop& in, desk& at, const loop_settings& with) : in_{in}, desk_{at}, with_{with} {
        if (with.board) board_.emplace(*with.board);
        if (with.how == form::screen) face_ = std::make_unique<drawn_face>();
        else face_ = std::make_unique<told_face>(with.how);
        screen_.root = in.root.string();
    }

    int run() {
        open(desk_.current());
        while (!over_) step();
        climbing_.stop();
        if (signal_ != SIGHUP) face_->farewell("./workbook comes back to " + screen_.of.slug + ".");
        return signal_ == 0 ? 0 : 128 + signal_;
    }

private:
    void open(const manifest& m) {
        climbing_.stop();
        const bool fresh = start(m);
        desk_.now_at(m);
        screen_.of   = m;
        screen_.open = page::exercise;
        screen_.hints.clear();
        watch_.emplace(m.mine(), with_.poll);
        look_around();
        if (fresh && screen_.done_count() == 0)
            screen_.notices.push_back("t shows the task. Open " + my_prefix(m) + m.file
                                      + " in your editor: each time you save it, it is looked at here.");
        if (watch_->polls() && !with_.poll)
            screen_.notices.push_back("Your files are looked at once a second (" + watch_->why_it_polls() + ").");
        face_->opened(screen_);
        climb_anew();
    }

    void climb_anew() {
        screen_.now     = {};
        screen_.open    = page::exercise;
        screen_.asked   = 0;
        screen_.look_at = {my_prefix(screen_.of) + screen_.of.file, 0, 0};
        climbing_.begin(in_, screen_.of);
        face_->changed(screen_);
    }

    void look_around() {
        screen_.rows = desk_.rows();
        for (auto& each : desk_.notes().complaints()) screen_.notices.push_back(std::move(each));
    }

    void step() {
        std::array<pollfd, 5> any   = {{{.fd = eof_ ? -1 : STDIN_FILENO, .events = POLLIN, .revents = 0},
                                        {.fd = signals_.fd(), .events = POLLIN, .revents = 0},
                                        {.fd = climbing_.fd(), .events = POLLIN, .revents = 0},
                                        {.fd = watch_->fd(), .events = POLLIN, .revents = 0},
                                        {.fd = board_ ? board_->fd() : -1, .events = POLLIN, .revents = 0}}};
        const int             ready = poll(any.data(), any.size(), patience());
        if (any[1].revents != 0) take_signals();
        if (any[2].revents != 0) take_news();
        if (any[0].revents != 0) take_keys();
        else if (ready == 0 && face_->waits_for_more()) take(face_->moment_is_over());
        if (any[4].revents != 0) {
            if (auto complaint = board_->complaint()) {
                screen_.notices.push_back(*complaint);
                face_->changed(screen_);
            }
        }
        if (!over_ && watch_->changed()) {
            screen_.notices.clear();
            climb_anew();
        }
        if (eof_ && !screen_.climbing()) over_ = true;
    }

    // How long nothing needs to happen, in milliseconds.
    int patience() const {
        auto least = face_->waits_for_more() ? std::optional<clock::duration>{50ms} : std::nullopt;
        if (const auto due = watch_->due()) {
            const auto left = *due - clock::now();
            if (!least || left < *least) least = left;
        }
        if (!least) return -1;
        return static_cast<int>(std::max<long>(std::chrono::ceil<std::chrono::milliseconds>(*least).count(), 0));
    }

    void take_signals() {
        for (int signal = signals_.next(); signal != 0; signal = signals_.next()) {
            if (signal == SIGTSTP) {
                face_->paused();
                raise(SIGSTOP);
                face_->resumed();
            } else if (signal != SIGWINCH) {
                signal_ = signal;
                over_   = true;
                return;
            }
            face_->changed(screen_);
        }
    }

    void take_news() {
        for (const auto& now : climbing_.news()) {
            if (now.result == outcome::stopped) continue;
            screen_.now     = now;
            screen_.look_at = to_look_at(now, screen_.of);
            face_->climbed(now, screen_);
            if (now.result != outcome::climbing) ended(now);
            face_->changed(screen_);
        }
    }

    void ended(const climb& now) {
        if (now.result == outcome::done) {
            screen_.hints.clear();
            desk_.done(screen_.of);
        }
        look_around();
        if (board_) board_->post(board_news(with_.name, screen_.of, now, screen_.rows));
    }

    void take_keys() {
        std::array<char, 256> some  = {};
        const auto            count = read(STDIN_FILENO, some.data(), some.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
        if (count <= 0) {
            eof_ = true;
            if (with_.how == form::screen) over_ = true;
            return;
        }
        take(face_->read({some.data(), static_cast<std::size_t>(count)}));
    }

    void take(const std::vector<press>& keys) {
        for (const auto& key : keys) {
            if (over_) return;
            grant(pressed(screen_, key, face_->measure()));
            if (!over_) face_->changed(screen_);
        }
    }

    void grant(wish what) {
        switch (what) {
        case wish::none: return;
        case wish::quit: over_ = true; return;
        case wish::next:
            if (const auto* next = desk_.after(screen_.of)) open(*next);
            else screen_.notices.emplace_back("There is no other one that is not done. l shows them all.");
            return;
        case wish::open_row: open(desk_.all().at(screen_.cursor)); return;
        case wish::hint: hint(); return;
        case wish::start_again: again(); return;
        case wish::compare: open_text(screen_, "Yours (-) and ours (+)", comparison(screen_.of)); return;
        case wish::task: open_text(screen_, "The task", task(screen_.of)); return;
        case wish::lesson: open_text(screen_, screen_.of.read, lesson(screen_.of)); return;
        }
    }

    void hint() {
        const auto fresh = desk_.next_hint(screen_.of, &screen_.now);
        if (fresh) {
            screen_.hints = desk_.shown_hints(screen_.of, fresh->hole);
            face_->hinted(*fresh, screen_);
            return;
        }
        screen_.hints = desk_.shown_hints(screen_.of, 0);
        screen_.notices.emplace_back(screen_.hints.empty()
                                         ? "There are no hints for this one."
                                         : "These were all the hints. ./workbook solution --give-up shows ours.");
    }

    void again() {
        for (const auto& kept : start_again(screen_.of))
            screen_.notices.push_back("Yours is kept: " + kept.lexically_relative(in_.root).string());
        if (screen_.notices.empty()) screen_.notices.emplace_back("Your file is as it was in the beginning.");
        watch_.emplace(screen_.of.mine(), with_.poll);  // what we wrote ourselves is no news
        climb_anew();
    }

    signals               signals_;  // first: threads inherit what is blocked
    workshop              in_;
    desk&                 desk_;
    loop_settings         with_;
    std::optional<board>  board_;
    std::unique_ptr<face> face_;
    screen                screen_;
    std::optional<watch>  watch_;
    climbing              climbing_;
    bool                  eof_    = false;
    bool                  over_   = false;
    int                   signal_ = 0;
};

}  // namespace

std::string board_news(const std::string& name, const manifest& m, const climb& now,
                       const std::vector<exercise_row>& rows) {
    return object{}
        .add("name", name)
        .add("exercise", m.slug)
        .add("stage", name_of(now.result))
        .add("passed", now.checks.passed())
        .add("checks", m.checks.size())
        .add("done", static_cast<std::size_t>(std::ranges::count(rows, true, &exercise_row::done)))
        .add("exercises", rows.size())
        .text();
}

int run_loop(const workshop& in, desk& at, const loop_settings& with) { return loop{in, at, with}.run(); }

}  // namespace exercises
