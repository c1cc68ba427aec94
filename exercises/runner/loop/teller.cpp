#include "teller.hpp"

#include "json.hpp"
#include "terminal.hpp"
#include "text.hpp"

#include <algorithm>
#include <utility>

namespace exercises {
namespace {

// Which rungs have come to their end since it was asked last.
class news {
public:
    void forget() { before_ = {}; }

    std::vector<rung> ended_since(const climb& now) {
        std::vector<rung> fresh;
        for (const auto r : all_rungs) {
            const auto is  = now.at(r).is;
            auto&      was = before_[static_cast<std::size_t>(r)];
            if (is != was && (is == standing::good || is == standing::bad)) fresh.push_back(r);
            was = is;
        }
        return fresh;
    }

private:
    std::array<standing, all_rungs.size()> before_ = {};
};

class plain final : public teller {
public:
    explicit plain(const abilities& can) : can_{can} {}

    void opened(const manifest& m, const std::vector<exercise_row>& rows) override {
        const auto done = std::ranges::count(rows, true, &exercise_row::done);
        print("");
        print(m.slug + ": " + m.title + " (" + std::string{name_of(m.sort)} + ", " + std::to_string(m.minutes)
              + " minutes; " + std::to_string(done) + " of " + std::to_string(rows.size()) + " exercises done)");
        print("It is about this: " + m.teaches + ".");
        print("Your file: " + my_prefix(m) + m.file);
        print("To read: " + m.read);
    }

    void climbed(const manifest& m, const climb& now) override {
        if (now.result == outcome::stopped) return;
        const auto house = now.at(rung::house).is == standing::running && now.house.total > 0 && now.house.done == 0;
        if (house) print("The chapter's library is built first: " + std::to_string(now.house.total) + " steps.");
        for (const auto r : news_.ended_since(now)) ended(m, now, r);
        if (now.result == outcome::climbing) return;
        news_.forget();
        if (!now.house_fault.empty())
            print("The workbook itself does not build; that is not your fault:\n" + now.house_fault);
        if (!now.refusal.empty()) print(now.refusal);
        const auto at = to_look_at(now, m);
        print(now.result == outcome::done ? "Done: " + m.slug : "Not done yet. Look at " + shown(at));
    }

    void listed(const std::vector<exercise_row>& rows, const std::string& current) override {
        std::size_t names = 0;
        for (const auto& row : rows) names = std::max(names, row.slug.size());
        for (const auto& row : rows) {
            auto name = row.slug;
            name.resize(names + 2, ' ');
            print({{row.slug == current ? "> " : "  ", ink::strong},
                   {row.done      ? "done   "
                    : row.gave_up ? "seen   "
                                  : "open   ",
                    row.done ? ink::good : ink::plain},
                   {name},
                   {row.title},
                   {"  " + std::to_string(row.minutes) + " min", ink::faint}});
        }
    }

    void hinted(const manifest&, const shown_hint& hint) override {
        print("Hint " + std::to_string(hint.number) + " of " + std::to_string(hint.of) + " for TODO "
              + std::to_string(hint.hole) + ": " + hint.text);
    }

    void said(const std::string& sentence) override { print(sentence); }

    void text(const std::string&, const picture& lines) override {
        for (const auto& each : lines) print(each);
    }

private:
    void print(const line& one) { write_out(drawn(one, can_) + "\n"); }
    void print(const std::string& sentences) {
        if (sentences.empty()) return print(line{});
        for (const auto& each : lines_of(sentences)) print(line{{printable(each)}});
    }

    void ended(const manifest& m, const climb& now, rung r) {
        const auto& step = now.at(r);
        const auto  took = seconds(step.took);
        const bool  good = step.is == standing::good;
        switch (r) {
        case rung::house: break;
        case rung::compile: good ? print("Compile: ok, " + took) : compile_error(now.build); break;
        case rung::checks:
            print("Checks: " + std::to_string(now.checks.passed()) + " of " + std::to_string(now.checks.checks.size())
                  + " hold, " + took);
            checks(m, now, now.checks);
            break;
        case rung::sanitizers:
            print(good ? "Sanitizers: content, " + took
                       : "Sanitizers: not content, " + took + ". The checks hold, but:");
            if (!good) checks(m, now, now.sanitized);
            break;
        }
    }

    void compile_error(const failed_build& build) {
        print("Compile: failed");
        if (!build.first) return print(build.all);
        print("  " + shown(build.first->where) + ": " + build.first->message);
        for (const auto& each : build.first->excerpt) print("  " + each);
        if (build.errors > 1) print("  and " + counted(build.errors - 1, "more error"));
    }

    void checks(const manifest& m, const climb& now, const verdict& of) {
        for (const auto& check : of.checks) {
            const bool good = check.how == check_verdict::kind::passed;
            print({{"  "}, {word_for(check), good ? ink::good : ink::bad}, {": " + check.name}});
            if (&check != now.trouble()) continue;
            if (const auto said = sanitizer_said(check.text, my_prefix(m)))
                print("    " + said->sentence + (said->where.line != 0 ? ", " + shown(said->where) : ""));
            for (const auto& each : check.text) print("    " + each);
            if (check.hole != 0) continue;
            if (!check.story.empty()) print("    What happened:");
            for (const auto& each : check.story) print("      " + each);
            if (!check.where.empty()) print("    The check: " + check.where);
        }
    }

    abilities can_;
    news      news_;
};

class json final : public teller {
public:
    void opened(const manifest& m, const std::vector<exercise_row>& rows) override {
        print(event("opened", m)
                  .add("title", m.title)
                  .add("kind", name_of(m.sort))
                  .add("minutes", m.minutes)
                  .add("file", my_prefix(m) + m.file)
                  .add("read", m.read)
                  .add("checks", m.checks)
                  .add("done", static_cast<std::size_t>(std::ranges::count(rows, true, &exercise_row::done)))
                  .add("exercises", rows.size()));
    }

    void climbed(const manifest& m, const climb& now) override {
        if (now.result == outcome::stopped) return news_.forget();
        if (now.at(rung::house).is == standing::running && now.house.total > 0)
            print(event("house", m).add("done", now.house.done).add("total", now.house.total));
        for (const auto r : news_.ended_since(now)) ended(m, now, r);
        if (now.result == outcome::climbing) return;
        news_.forget();
        const auto at   = to_look_at(now, m);
        auto       last = event("verdict", m);
        last.add("result", name_of(now.result))
            .add("passed", now.checks.passed())
            .add("checks", m.checks.size())
            .add("file", at.file)
            .add("line", at.line);
        if (!now.refusal.empty()) last.add("text", now.refusal);
        if (!now.house_fault.empty()) last.add("text", now.house_fault);
        print(last);
    }

    void listed(const std::vector<exercise_row>& rows, const std::string& current) override {
        for (const auto& row : rows)
            print(object{}
                      .add("event", "exercise")
                      .add("exercise", row.slug)
                      .add("title", row.title)
                      .add("minutes", row.minutes)
                      .add("done", row.done)
                      .add("gave_up", row.gave_up)
                      .add("current", row.slug == current));
    }

    void hinted(const manifest& m, const shown_hint& hint) override {
        print(event("hint", m)
                  .add("hole", hint.hole)
                  .add("number", hint.number)
                  .add("of", hint.of)
                  .add("text", hint.text));
    }

    void said(const std::string& sentence) override { print(object{}.add("event", "said").add("text", sentence)); }

    void text(const std::string& name, const picture& lines) override {
        std::vector<std::string> all;
        for (const auto& each : lines) all.push_back(words(each));
        print(object{}.add("event", "text").add("name", name).add("lines", all));
    }

private:
    static object event(const char* name, const manifest& m) {
        return object{}.add("event", name).add("exercise", m.slug);
    }
    static void print(const object& what) { write_out(what.text() + "\n"); }

    static std::string_view name_of_check(check_verdict::kind how) {
        using enum check_verdict::kind;
        switch (how) {
        case passed: return "passed";
        case failed: return "failed";
        case unwritten: return "unwritten";
        case broke: return "broke";
        case timed_out: return "timed_out";
        case missing: return "missing";
        case not_run: return "not_run";
        }
        return "";
    }

    static void checks(const manifest& m, const verdict& of, bool sanitized) {
        for (const auto& check : of.checks) {
            auto one = event("check", m);
            one.add("name", check.name).add("sanitized", sanitized).add("state", name_of_check(check.how));
            if (check.hole != 0) one.add("hole", check.hole);
            if (!check.where.empty()) one.add("where", check.where);
            if (!check.text.empty()) one.add("text", check.text);
            if (!check.story.empty()) one.add("story", check.story);
            print(one);
        }
    }

    static void ended(const manifest& m, const climb& now, rung r) {
        const auto& step = now.at(r);
        const auto  said = [&](const char* name) {
            return event(name, m).add("ok", step.is == standing::good).add("seconds", step.took);
        };
        switch (r) {
        case rung::house: break;
        case rung::compile: {
            auto one = said("compile");
            if (step.is == standing::bad) {
                one.add("errors", now.build.errors);
                if (const auto& first = now.build.first)
                    one.add("file", first->where.file)
                        .add("line", first->where.line)
                        .add("column", first->where.column)
                        .add("message", first->message);
                one.add("output", now.build.all);
            }
            print(one);
            break;
        }
        case rung::checks:
            checks(m, now.checks, false);
            print(said("checks").add("passed", now.checks.passed()).add("checks", now.checks.checks.size()));
            break;
        case rung::sanitizers:
            checks(m, now.sanitized, true);
            print(said("sanitizers"));
            break;
        }
    }

    news news_;
};

}  // namespace

std::unique_ptr<teller> plain_teller(const abilities& can) { return std::make_unique<plain>(can); }
std::unique_ptr<teller> json_teller() { return std::make_unique<json>(); }

std::string_view name_of(outcome o) {
    switch (o) {
    case outcome::climbing: return "climbing";
    case outcome::stopped: return "stopped";
    case outcome::house_broken: return "house_broken";
    case outcome::refused: return "refused";
    case outcome::not_compiling: return "not_compiling";
    case outcome::not_passing: return "not_passing";
    case outcome::unsound: return "unsound";
    case outcome::done: return "done";
    }
    return "";
}

}  // namespace exercises
