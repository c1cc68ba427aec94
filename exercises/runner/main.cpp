// exercises: cuts, tries and proves the workbook's exercises. `./workbook` calls it; CMake and CI do too.
#include <chrono>
#include <exercises/runner/attempt.hpp>
#include <exercises/runner/choose.hpp>
#include <exercises/runner/complaint.hpp>
#include <exercises/runner/loop/learner.hpp>
#include <exercises/runner/prove.hpp>
#include <functional>
#include <iostream>
#include <map>

namespace {

namespace fs = std::filesystem;
using namespace exercises;

struct options {
    fs::path                 root = ".", build = "build/dev", kits;  // kits: when they are in another build folder
    bool                     all = false, if_chosen = false, only_solution = false;
    std::vector<std::string> words;
};

struct misuse : std::runtime_error {
    using std::runtime_error::runtime_error;
};

constexpr const char* usage = R"(usage: exercises COMMAND [--root FOLDER] [--build FOLDER]
  cut SLUG TO       writes starter, solution, mutants and weak answers of an exercise below the folder TO
  try SLUG FILE     compiles FILE as the answer to an exercise, and says what its checks say
  chosen SLUG       says whether its chapter has changed since $HALF_BASE, or it is today's: 0, else 1
  prove SLUG        proves that its solution passes and that wrong answers do not
  prove             proves those that are chosen
      --all             proves them all
      --if-chosen       with SLUG: only if it is chosen
      --only-solution   under a sanitizer there is nothing to learn from wrong answers
)";

options read_options(int argc, char** argv) {
    options found;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word  = argv[i];
        const auto             value = [&] { return i + 1 < argc ? argv[++i] : throw misuse{argv[i]}; };
        if (word == "--root") found.root = value();
        else if (word == "--build") found.build = value();
        else if (word == "--kits") found.kits = value();
        else if (word == "--all") found.all = true;
        else if (word == "--if-chosen") found.if_chosen = true;
        else if (word == "--only-solution") found.only_solution = true;
        else found.words.emplace_back(word);
    }
    if (found.kits.empty()) found.kits = found.build;
    return found;
}

int cut_command(const options& o) {
    if (o.words.size() != 3) throw misuse{"cut wants an exercise and a folder"};
    cut(read_manifest(o.root, o.words[1]), o.words[2]);
    return 0;
}

int try_command(const options& o) {
    if (o.words.size() != 3) throw misuse{"try wants an exercise and a file"};
    const auto m    = read_manifest(o.root, o.words[1]);
    const auto work = o.build / "exercises" / m.slug / "try";
    const auto what = write_answer(m, "try", o.words[2], work);
    const auto said = attempt(m, read_kit(o.kits, m.chapter()), what, work);
    std::cout << to_text(said);
    return said.done() ? 0 : 1;
}

bool is_chosen(const options& o, const std::string& slug) {
    const auto chosen = choose(read_manifest(o.root, slug));
    std::cout << (chosen.chosen ? "" : "skipped: ") << slug << ": " << chosen.why << '\n';
    return chosen.chosen;
}

int chosen_command(const options& o) {
    if (o.words.size() != 2) throw misuse{"chosen wants an exercise"};
    return is_chosen(o, o.words[1]) ? 0 : 1;
}

bool prove_one(const options& o, const std::string& slug) {
    const auto start = std::chrono::steady_clock::now();
    const auto m     = read_manifest(o.root, slug);
    const auto found = prove(m, read_kit(o.kits, m.chapter()), o.build, o.only_solution);
    const auto took  = std::chrono::steady_clock::now() - start;
    std::cout << m.slug << ": " << m.title << "\n" << to_text(m, found.matrix);
    for (const auto& each : found.complaints) std::cout << each.what() << '\n';
    const auto faults = found.complaints.size();
    if (faults) std::cout << faults << (faults == 1 ? " fault in " : " faults in ") << m.slug << '\n';
    std::cout << found.matrix.size() << " variants, " << m.checks.size() << " checks, "
              << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms" << std::endl;
    return found.complaints.empty();
}

int prove_command(const options& o) {
    if (o.words.size() > 2) throw misuse{"prove wants one exercise, or none"};
    std::vector<std::string> those{o.words.begin() + 1, o.words.end()};
    if (those.empty())
        for (const auto& m : all_exercises(o.root)) those.push_back(m.slug);
    bool fine = true;
    for (const auto& slug : those) try {
            if ((o.if_chosen || (o.words.size() == 1 && !o.all)) && !is_chosen(o, slug)) continue;
            fine = prove_one(o, slug) && fine;
        } catch (const complaint& e) {
            std::cout << e.what() << "\n1 fault in " << slug << '\n';
            fine = false;
        }
    return fine ? 0 : 1;
}

const std::map<std::string_view, std::function<int(const options&)>> commands{
    {"chosen", chosen_command},
    {"cut", cut_command},
    {"prove", prove_command},
    {"try", try_command},
};

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc > 1 && for_learner(argv[1])) return learner({argv + 1, argv + argc});
        const auto o     = read_options(argc, argv);
        const auto found = o.words.empty() ? commands.end() : commands.find(o.words[0]);
        if (found == commands.end())
            throw misuse{o.words.empty() ? "what shall it do?" : "what is " + o.words[0] + "?"};
        return found->second(o);
    } catch (const misuse& e) {
        std::cerr << "exercises: " << e.what() << '\n' << usage;
        return 2;
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
}
