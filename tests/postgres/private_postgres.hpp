// A PostgreSQL server of this program's own, for tests and benches: made in half a second, on a port that was free, in a
// folder of its own, and gone when the program ends, however it ends.
//
//     if (!postgres::installed()) ...
//     postgres::server mine;
//     mine.url();                           // postgres://half@127.0.0.1:21034/postgres
//     mine.stop(), mine.start();            // at the same port
//     mine.freeze(), mine.thaw();           // it is there, and answers nobody
//
// The role `guarded`, if a test makes it, needs its password, and `banned` is not let in; all others are.
//
// It does not run as root, so root makes it run as somebody else. Who is on this machine may use it; nobody else can.
// Start it from a thread that lives as long as the program: it is told to quit when that thread ends.
#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace postgres {

namespace fs = std::filesystem;

// The folder of its programs; empty: there are none.
inline fs::path programs() {
    fs::path found;
    if (fs::is_directory("/usr/lib/postgresql"))
        for (const auto& version : fs::directory_iterator{"/usr/lib/postgresql"})
            if (fs::exists(version.path() / "bin/initdb")) found = std::max(found, version.path() / "bin");
    const char* path = std::getenv("PATH");
    for (std::string rest = path ? path : ""; found.empty() && !rest.empty();) {
        const auto one = rest.substr(0, rest.find(':'));
        rest.erase(0, one.size() + 1);
        if (fs::exists(fs::path{one} / "initdb") && fs::exists(fs::path{one} / "postgres")) found = one;
    }
    return found;
}

inline bool installed() { return !programs().empty(); }

struct options {
    bool        durable = false;   // waits for the disk at each commit
    std::string folder  = "/tmp";  // below which it keeps its files
};

class server {
public:
    explicit server(options how = {}) : how_{std::move(how)}, folder_{fs::path{how_.folder} / name_of_next()} {
        clean_up_after_others();
        fs::remove_all(folder_);
        fs::create_directory(folder_);
        if (::chown(folder_.c_str(), user_.id, user_.group) != 0) throw std::runtime_error{"chown " + folder_.string()};
        const auto made = run({programs() / "initdb", "-D", data(), "-U", "half", "-A", "trust", "-E", "UTF8",
                               "--no-locale", "--no-sync", "--no-instructions"});
        if (finished(made) != 0) throw std::runtime_error{"initdb failed: " + log()};
        std::ofstream{data() / "pg_hba.conf"} << "host all guarded 127.0.0.1/32 scram-sha-256\n"
                                                 "host all banned 127.0.0.1/32 reject\n"
                                                 "host all all 127.0.0.1/32 trust\n";
        start();
    }
    ~server() {
        if (pid_ > 0) {
            ::kill(pid_, SIGQUIT);
            ::kill(pid_, SIGCONT);
            finished(pid_);
        }
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    server(const server&)            = delete;
    server& operator=(const server&) = delete;

    std::string url(const std::string& database = "postgres") const {
        return "postgres://half@127.0.0.1:" + std::to_string(port_) + "/" + database;
    }
    int port() const { return port_; }

    void start() {
        for (int attempt = 0; attempt < 20; ++attempt) {
            if (!was_up_) port_ = free_port();  // later on the same: somebody waits there
            pid_ = run({programs() / "postgres", "-D", data(), "-p", std::to_string(port_), "-k", folder_, "-c",
                        "listen_addresses=127.0.0.1", "-c", "max_connections=40", "-c",
                        how_.durable ? "fsync=on" : "fsync=off"});
            if (!ready()) continue;
            was_up_ = true;
            return;
        }
        throw std::runtime_error{"postgres does not start: " + log()};
    }
    // Cuts all connections.
    void stop() {
        ::kill(pid_, SIGINT);
        finished(std::exchange(pid_, -1));
    }
    // As if the plug were pulled.
    void crash() {
        ::kill(pid_, SIGQUIT);
        finished(std::exchange(pid_, -1));
    }
    void freeze() { tell_all(SIGSTOP); }
    void thaw() { tell_all(SIGCONT); }

    std::string log() const {
        std::ifstream in{folder_ / "log"};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

private:
    static constexpr const char* prefix = "half-postgres-";

    static std::string name_of_next() {
        static int count = 0;
        return prefix + std::to_string(::getpid()) + "-" + std::to_string(++count);
    }

    struct identity {
        uid_t id    = ::geteuid();
        gid_t group = ::getegid();
    };
    static identity unprivileged() {
        if (::geteuid() != 0) return {};
        for (const char* name : {"postgres", "nobody"})
            if (const auto* found = ::getpwnam(name)) return {found->pw_uid, found->pw_gid};
        throw std::runtime_error{"there is nobody to run postgres as"};
    }

    fs::path data() const { return folder_ / "data"; }

    pid_t run(const std::vector<std::string>& words) const {
        std::vector<char*> argv;
        for (const auto& each : words) argv.push_back(const_cast<char*>(each.c_str()));
        argv.push_back(nullptr);
        const auto  log_file = (folder_ / "log").string();
        const pid_t parent = ::getpid(), child = ::fork();
        if (child != 0) return child;

        // Only system calls from here on: other threads were not copied.
        if (user_.id != ::geteuid()
            && (::setgroups(0, nullptr) != 0 || ::setgid(user_.group) != 0 || ::setuid(user_.id) != 0))
            ::_exit(126);
        ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
        if (::getppid() != parent) ::_exit(126);
        const int out = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
        const int in  = ::open("/dev/null", O_RDONLY);
        ::dup2(in, 0);
        ::dup2(out, 1);
        ::dup2(out, 2);
        if (::chdir("/") != 0) ::_exit(126);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }

    static int finished(pid_t child) {
        int status = 0;
        while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
        return status;
    }

    // As pg_ctl finds out: the eighth line of a file that the server writes. False: it has ended.
    bool ready() {
        while (::waitpid(pid_, nullptr, WNOHANG) == 0) {
            std::ifstream file{data() / "postmaster.pid"};
            std::string   first, line;
            std::getline(file, first);
            for (int i = 2; i <= 8; ++i) std::getline(file, line);
            if (first == std::to_string(pid_) && line.starts_with("ready")) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
        pid_ = -1;
        return false;
    }

    // Below those that the system gives to whoever asks for any.
    static int free_port() {
        static int next = 20000 + ::getpid() % 10000;
        while (true) {
            next              = 20000 + (next + 1) % 10000;
            sockaddr_in where = {};
            where.sin_family  = AF_INET;
            where.sin_port    = htons(static_cast<in_port_t>(next));
            where.sin_addr    = {htonl(INADDR_LOOPBACK)};
            const int  probe  = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            const bool free   = ::bind(probe, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0;
            ::close(probe);
            if (free) return next;
        }
    }

    // The server, and those it has made: one for each connection.
    void tell_all(int signal) const {
        ::kill(pid_, signal);
        std::ifstream children{"/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) + "/children"};
        for (pid_t each = 0; children >> each;) ::kill(each, signal);
    }

    // A program that was killed left its folder.
    void clean_up_after_others() const {
        std::error_code ignored;
        for (const auto& each : fs::directory_iterator{how_.folder, ignored}) {
            const auto name = each.path().filename().string();
            if (!name.starts_with(prefix)) continue;
            const int owner = std::atoi(name.c_str() + std::char_traits<char>::length(prefix));
            if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) fs::remove_all(each.path(), ignored);
        }
    }

    options  how_;
    identity user_ = unprivileged();
    fs::path folder_;
    pid_t    pid_    = -1;
    int      port_   = 0;
    bool     was_up_ = false;
};

}  // namespace postgres
