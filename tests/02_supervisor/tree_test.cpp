// The running tree: what is found, and how it is drawn.
#include "../01_gen_server/real.hpp"
#include "staff.hpp"

#include <02_supervisor/detail/family.hpp>
#include <02_supervisor/dynamic_supervisor.hpp>
#include <02_supervisor/tree.hpp>

#include <boost/property_tree/xml_parser.hpp>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>

namespace {

using namespace staff;
using half::child_info;
using half::tree_limits;
using half::tree_node;

struct Tree : stage, testing::Test {};

supervisor line_of(stage& s, std::string name, int length) {
    supervisor plan;
    for (int i = 1; i <= length; ++i) plan.children.push_back(s.child(fmt::format("{}{}", name, i)));
    return plan;
}

supervisor small_tree(stage& s) {
    return {.strategy = half::rest_for_one,
            .children = {s.child("gas"), s.child("stove"), {.id = "room", .start = line_of(s, "guest", 2)}}};
}

// -- what is found --------------------------------------------------------------------------------------------------

TEST_F(Tree, IsFoundAsItRuns) {
    //! [look_at]
    auto root = sim.start(small_tree(*this));
    auto tree = sim.run(half::look_at(root));
    //! [look_at]
    EXPECT_EQ(tree.child.id, "root");
    EXPECT_EQ(tree.child.pid, root.id());
    EXPECT_EQ(tree.strategy, "rest_for_one");
    ASSERT_EQ(tree.children.size(), 3u);
    const auto& room = tree.children[2];
    EXPECT_EQ(room.child.id, "room");
    EXPECT_TRUE(room.child.supervisor);
    EXPECT_EQ(room.strategy, "one_for_one");
    ASSERT_EQ(room.children.size(), 2u);
    EXPECT_EQ(room.children[1].child.id, "guest2");
    EXPECT_EQ(room.children[1].child.server, "staff::worker");
    for (const auto& each : tree.children) EXPECT_TRUE(half::alive(each.child.pid));
}

TEST_F(Tree, TellsRestartsAndTheReason) {
    auto root = start(small_tree(*this));
    end(root, "stove");
    const auto  tree  = sim.run(half::look_at(root));
    const auto& stove = tree.children[1].child;
    EXPECT_EQ(stove.restarts, 1u);
    EXPECT_EQ(stove.last_end, exit_reason::crash("boom"));
    EXPECT_NE(to_text(tree).find("stove"), std::string::npos);
    EXPECT_NE(to_text(tree).find("1 restart (crash: boom)"), std::string::npos) << to_text(tree);
}

TEST_F(Tree, OfManyChildrenTellsRestartsAndNoReasonThatIsNotKept) {
    using pool      = half::dynamic_supervisor<worker, std::string>;
    const auto root = sim.start(pool{.start = [of = &notes](const std::string& name) { return worker{name, of}; }});
    half::kill(*sim.call(root, pool::start_child{"ann"}));
    sim.settle();
    const auto text = to_text(sim.run(half::look_at(root)));
    EXPECT_NE(text.find("1 restart\n"), std::string::npos) << text;
}

TEST_F(Tree, TellsMail) {
    auto root = start(small_tree(*this));
    auto gas  = half::ref<worker>{who(root, "gas")};
    gas.cast(worker::stick{1h});
    sim.settle();
    for (int i = 0; i < 3; ++i) gas.cast(worker::stick{1h});
    const auto tree = sim.run(half::look_at(root));
    EXPECT_EQ(tree.children[0].mail, 3u);
    EXPECT_FALSE(tree.children[0].busy) << "a handler that waits lets its process answer";
}

TEST_F(Tree, OfOneProcessIsThatProcess) {
    auto       alone = sim.start(worker{"alone", &notes});
    const auto tree  = sim.run(half::look_at(alone));
    EXPECT_EQ(tree.child.server, "staff::worker");
    EXPECT_TRUE(tree.children.empty());
    EXPECT_FALSE(tree.child.supervisor);
}

TEST_F(Tree, OfNobodyIsGone) {
    EXPECT_TRUE(sim.run(half::look_at(half::pid{})).gone);
    auto dead = sim.start(worker{"dead", &notes});
    half::kill(dead);
    sim.settle();
    EXPECT_TRUE(sim.run(half::look_at(dead)).gone);
}

TEST_F(Tree, CanBeAskedWhileAChildNeverComesToTheEndOfItsInit) {
    notes.slow_start["stove"] = 24h;
    auto root                 = sim.spawn(small_tree(*this));
    sim.settle();
    const auto before = sim.now();
    const auto tree   = sim.run(half::look_at(root));
    EXPECT_EQ(sim.now(), before) << "nobody had to be waited for";
    EXPECT_FALSE(tree.busy);
    ASSERT_GE(tree.children.size(), 2u);
    EXPECT_EQ(tree.children[1].child.id, "stove");
    EXPECT_FALSE(tree.children[1].gone);
}

TEST_F(Tree, KeepsToItsLimits) {
    auto root = start({.children = {{.id = "many", .start = line_of(*this, "g", 30)}, child("one"), child("two")}});

    auto tree = sim.run(half::look_at(root));
    ASSERT_EQ(tree.children.size(), 3u);
    EXPECT_EQ(tree.more, 0u);
    EXPECT_EQ(tree.children[0].children.size(), 20u);
    EXPECT_EQ(tree.children[0].more, 10u);

    tree = sim.run(half::look_at(root, {.children = 2, .depth = 1}));
    ASSERT_EQ(tree.children.size(), 2u);
    EXPECT_EQ(tree.more, 1u);
    EXPECT_TRUE(tree.children[0].children.empty());
    EXPECT_EQ(tree.children[0].more, 30u);

    tree = sim.run(half::look_at(root, {.depth = 0}));
    EXPECT_TRUE(tree.children.empty());
    EXPECT_EQ(tree.more, 3u);
}

// A supervisor as far as trees are concerned, whose child has just ended.
struct late_news {
    struct knows_it_later final : half::detail::family {
        using family::family;
        std::string_view        strategy() const override { return "one_for_one"; }
        std::size_t             size() const override { return 1; }
        std::vector<child_info> first(std::size_t) const override {
            child_info gone;
            gone.id  = "gone";
            gone.pid = {0, 0, 0xFFFFFFFF};
            gone.now = child_info::status::running;
            return {gone};
        }
        void heard(half::detail::news) override {}
        void tell_all_to_end(const exit_reason&) const noexcept override {}
    };
    void init(half::self<late_news> self) { self.here().on_exit(std::make_unique<knows_it_later>(self.here())); }
};

TEST_F(Tree, ShowsWhoEndedMeanwhileAsGone) {
    const auto tree = sim.run(half::look_at(sim.start(late_news{})));
    ASSERT_EQ(tree.children.size(), 1u);
    EXPECT_TRUE(tree.children[0].gone);
    EXPECT_FALSE(tree.children[0].busy);
    EXPECT_NE(to_text(tree).find("gone"), std::string::npos);
}

struct spinner {
    struct spin {};
    real::shared_event spins, go_on;
    void               handle(spin) {
        spins->set();
        (void)go_on->wait();
    }
};

TEST(TreeOnRealThreads, ShowsWhoDoesNotAnswerAsBusy) {
    half::runtime runtime{{.workers = 2, .on_report = [](const half::report&) {}}};
    spinner       one{real::make_event(), real::make_event()};
    auto          root = runtime.start(supervisor{.children = {{.id = "spinner", .start = one}}});
    half::ref<spinner>{runtime.call(root, supervisor::which_children{})[0].pid}.cast(spinner::spin{});
    ASSERT_TRUE(one.spins->wait());

    auto tree = runtime.run(half::look_at(root, {.patience = 1ms}));
    one.go_on->set();
    ASSERT_EQ(tree.children.size(), 1u);
    EXPECT_TRUE(tree.children[0].busy);
    EXPECT_NE(to_text(tree).find("busy"), std::string::npos);

    tree = runtime.run(half::look_at(root, {.patience = real::soon}));
    ASSERT_EQ(tree.children.size(), 1u);
    EXPECT_FALSE(tree.children[0].busy);
}

// -- as text ----------------------------------------------------------------------------------------------------------

tree_node node(std::string id, std::uint32_t slot, std::string server, std::string strategy = {}) {
    tree_node made;
    made.child.id         = std::move(id);
    made.child.server     = std::move(server);
    made.child.pid        = {0, slot, 1};
    made.child.now        = child_info::status::running;
    made.child.supervisor = !strategy.empty();
    made.strategy         = std::move(strategy);
    return made;
}

// One of everything.
tree_node restaurant() {
    auto root            = node("root", 1, "half::supervisor", "rest_for_one");
    auto stove           = node("stove", 2, "station");
    stove.child.restarts = 3;
    stove.child.last_end = exit_reason::crash("out of order");
    auto room            = node("room", 3, "half::supervisor", "one_for_one");
    auto ann             = node("ann", 4, "guest");
    ann.mail             = 1234;
    auto bob             = node("bob", 5, "guest");
    bob.busy             = true;
    auto cid             = node("cid", 6, "guest");
    cid.gone             = true;
    auto dan             = node("dan", 0, "guest");
    dan.child.pid        = {};
    dan.child.now        = child_info::status::stopped;
    auto eve             = node("eve", 0, "guest");
    eve.child.pid        = {};
    eve.child.now        = child_info::status::restarting;
    eve.child.restarts   = 1;
    eve.child.last_end   = exit_reason::killed();
    room.children        = {ann, bob, cid, dan, eve};
    room.more            = 9980;
    root.children        = {stove, room, node("till", 7, "till")};
    return root;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream       in{text};
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
}

TEST(TreeText, IsOneLineAProcess) {
    EXPECT_EQ(
        lines_of(to_text(restaurant())),  //
        (lines{"root       <0.1.1>  half::supervisor, rest_for_one",
               "├─ stove   <0.2.1>  station, 3 restarts (crash: out of order)",
               "├─ room    <0.3.1>  half::supervisor, one_for_one", "│  ├─ ann  <0.4.1>  guest, 1,234 in the mail",
               "│  ├─ bob  <0.5.1>  guest, busy", "│  ├─ cid  <0.6.1>  guest, gone",
               "│  ├─ dan  -        guest, stopped", "│  ├─ eve  -        guest, restarting (killed), 1 restart",
               "│  └─ … 9,980 more", "└─ till    <0.7.1>  till"}));
}

// An id may come from anywhere. It must not write to a terminal, leave its quotes, or be markup.
const std::vector<std::string> hostile{"\x1b[31mred\x1b[0m",
                                       "two\nlines",
                                       "<script>alert(1)</script>",
                                       "]]>",
                                       "\"quoted\" \\n \\",
                                       "&amp;",
                                       "a\xff\xc3z",
                                       "\xed\xa0\x80",
                                       "\xef\xbf\xbe",
                                       "\u009b31m",
                                       "\u202eback",
                                       std::string("nul\0nul", 7),
                                       "日本語",
                                       "",
                                       "{}%s%n",
                                       std::string(5000, 'x')};

tree_node hostile_tree() {
    auto root = node("root", 1, "half::supervisor", "one_for_one");
    for (const auto& id : hostile) {
        root.children.push_back(node(id, 2, id));
        root.children.back().child.restarts = 1;
        root.children.back().child.last_end = exit_reason::crash(id);
    }
    return root;
}

bool has_controls(const std::string& text) {
    return std::ranges::any_of(text, [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7F; })
           || text.find("\xC2\x9B") != text.npos || text.find("\u202e") != text.npos;
}

TEST(TreeText, IsSafeToPrint) {
    const auto text = to_text(hostile_tree());
    EXPECT_FALSE(has_controls(text));
    EXPECT_EQ(lines_of(text).size(), 1 + hostile.size()) << text;
}

// -- for graphviz -----------------------------------------------------------------------------------------------------

// What dot says of it: its exit code and what it prints; nothing where there is no dot.
std::optional<std::string> drawn_by_dot(const std::string& source) {
    if (std::system("dot -V >/dev/null 2>&1") != 0) return std::nullopt;
    std::string name = testing::TempDir() + "half_tree_XXXXXX";
    const int   file = mkstemp(name.data());
    if (file < 0) return "no file";
    FILE* out = fdopen(file, "w");
    std::fwrite(source.data(), 1, source.size(), out);
    std::fclose(out);
    FILE*       dot = popen(("dot -Tplain " + name + " 2>&1").c_str(), "r");
    std::string said;
    for (int c = std::fgetc(dot); c != EOF; c = std::fgetc(dot)) said += static_cast<char>(c);
    if (const int code = pclose(dot); code != 0) said += fmt::format("exit code {}", code);
    std::remove(name.c_str());
    return said;
}

TEST(TreeDot, IsWhatGraphvizUnderstands) {
    for (const auto& tree : {restaurant(), hostile_tree()}) {
        const auto source = to_dot(tree);
        EXPECT_FALSE(has_controls(source));
        const auto said = drawn_by_dot(source);
        if (!said) GTEST_SKIP() << "dot (graphviz) is not installed";
        EXPECT_TRUE(said->starts_with("graph ")) << *said;
        EXPECT_EQ(said->find("Error"), std::string::npos) << *said;
        EXPECT_EQ(said->find("Warning"), std::string::npos) << *said;
        std::size_t nodes = 0, edges = 0;
        for (const auto& line : lines_of(*said)) nodes += line.starts_with("node "), edges += line.starts_with("edge ");
        EXPECT_EQ(nodes, tree.children.size() == 3 ? 10u : 1 + hostile.size());
        EXPECT_EQ(edges, nodes - 1);
    }
}

// -- for a browser ----------------------------------------------------------------------------------------------------

using xml = boost::property_tree::ptree;

xml parsed(const std::string& svg) {
    std::istringstream in{svg};
    xml                root;
    read_xml(in, root);  // throws when it is not well-formed
    return root.get_child("svg");
}

struct box {
    int x, y, width, height;
};

void collect(const xml& at, std::vector<box>& boxes, std::vector<std::string>& texts) {
    for (const auto& [name, inner] : at) {
        if (name == "rect")
            boxes.push_back({inner.get<int>("<xmlattr>.x"), inner.get<int>("<xmlattr>.y"),
                             inner.get<int>("<xmlattr>.width"), inner.get<int>("<xmlattr>.height")});
        if (name == "text") texts.push_back(inner.get_value<std::string>());
        collect(inner, boxes, texts);
    }
}

bool has(const std::vector<std::string>& texts, const std::string& what) {
    return std::ranges::find(texts, what) != texts.end();
}

TEST(TreeSvg, SaysWhatItShows) {
    const auto               svg = parsed(to_svg(restaurant()));
    std::vector<box>         boxes;
    std::vector<std::string> texts;
    collect(svg, boxes, texts);
    EXPECT_EQ(boxes.size(), 10u);
    for (const auto* id : {"root", "stove", "room", "ann", "bob", "cid", "dan", "eve", "till", "9,980 more"})
        EXPECT_TRUE(has(texts, id)) << id;
    for (const auto* note : {"rest_for_one · half::supervisor", "3 restarts · station", "1,234 in the mail · guest",
                             "busy · guest", "gone · guest", "stopped · guest", "restarting · 1 restart · guest"})
        EXPECT_TRUE(has(texts, note)) << note;
    EXPECT_EQ(svg.get<std::string>("<xmlattr>.role"), "img");
    EXPECT_EQ(svg.get<std::string>("title"), "The supervision tree of root");
    EXPECT_EQ(svg.get<std::string>("desc"),
              "root (rest_for_one, half::supervisor): stove 3 restarts (crash: out of order), room, till. "
              "room (one_for_one, half::supervisor): ann 1,234 in the mail, bob busy, cid gone, dan stopped, "
              "eve restarting (killed) 1 restart, 9,980 more.");
}

TEST(TreeSvg, FollowsTheColoursOfItsReader) {
    const auto svg = to_svg(restaurant());
    EXPECT_NE(svg.find("prefers-color-scheme: dark"), std::string::npos);
    EXPECT_NE(svg.find("currentColor"), std::string::npos);
    EXPECT_EQ(svg.find("http", svg.find("http") + 1), std::string::npos) << "nothing is fetched";
    EXPECT_EQ(svg.find("id=\""), std::string::npos) << "two of them may stand in one page";
}

TEST(TreeSvg, IsMarkupOnlyWhereItIsOurs) {
    const auto text = to_svg(hostile_tree());
    EXPECT_FALSE(has_controls(text));
    EXPECT_EQ(text.find("<script"), std::string::npos);
    std::vector<box>         boxes;
    std::vector<std::string> texts;
    collect(parsed(text), boxes, texts);
    EXPECT_EQ(boxes.size(), 1 + hostile.size());
    EXPECT_TRUE(has(texts, "<script>alert(1)</script>")) << "it is shown as it is";
    EXPECT_TRUE(has(texts, "&amp;"));
    EXPECT_TRUE(has(texts, "日本語"));
}

TEST(TreeSvg, OfAWideTreeHasRoomForEverybody) {
    auto root = node("root", 1, "half::supervisor", "one_for_all");
    for (std::uint32_t i = 0; i < 20; ++i) {
        auto branch = node(fmt::format("branch {}", i), 2 + i, "half::supervisor", "one_for_one");
        for (std::uint32_t k = 0; k < 20; ++k)
            branch.children.push_back(node(fmt::format("leaf {}", k), 100 + k, "leaf"));
        branch.more = i;
        root.children.push_back(branch);
    }
    const auto               svg = parsed(to_svg(root));
    std::vector<box>         boxes;
    std::vector<std::string> texts;
    collect(svg, boxes, texts);
    const int width = svg.get<int>("<xmlattr>.width"), height = svg.get<int>("<xmlattr>.height");
    EXPECT_LE(width, 1000);
    EXPECT_EQ(boxes.size(), 1 + 20 + 400 + 19u);
    for (const auto& b : boxes) {
        EXPECT_TRUE(b.x >= 0 && b.y >= 0 && b.x + b.width <= width && b.y + b.height <= height);
        EXPECT_GE(b.height, 40) << "two lines of text";
    }
    for (std::size_t i = 0; i < boxes.size(); ++i)
        for (std::size_t k = 0; k < i; ++k) {
            const auto &a = boxes[i], &b = boxes[k];
            EXPECT_TRUE(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y);
        }
}

TEST(TreeSvg, OfTheSameSeedIsTheSamePicture) {
    std::set<std::string> pictures;
    for (int i = 0; i < 2; ++i) {
        stage one{7};
        auto  root = one.start(small_tree(one));
        one.end(root, "gas");
        const auto tree = one.sim.run(half::look_at(root));
        pictures.insert(to_svg(tree) + to_dot(tree) + to_text(tree));
    }
    EXPECT_EQ(pictures.size(), 1u);
}

TEST(TreeSvg, OfNobodyIsAPictureToo) {
    tree_node nobody;
    nobody.gone = true;
    EXPECT_NO_THROW(parsed(to_svg(nobody)));
}

}  // namespace
