#!/usr/bin/perl

# make: what makes a build again, in which order, how many at once, what it prints. A small tree of the same
# shape is built here, by a compiler that is a script: it compiles with the real one, and says what the test
# wants it to say about itself and the libraries.

use v5.36;
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $root = $t->root;
my $tree = $t->file('a tree');

sub script ($name, $text) {
    chmod 0755, $t->write($name, "#!/bin/bash\n$text");
}

$t->write("a tree/$_", slurp("$root/$_"))
    for 'Makefile', 'src/base/version.hpp', map { s{^\Q$root/}{}r } glob "'$root/src/make/'*.sh";
chmod 0755, glob "'$tree/src/make/*.sh'";
$t->write('a tree/config', '');
for my $name (
    qw(base/text event/source signature/keys/key signature/model/scheme store/lease endpoint/url worker/core),
    qw(ctl/time module/gate/gate module/redis/link worker/send/sender)
) {
    $t->write("a tree/src/$name.cpp", 'int ' . $name =~ s/\W/_/gr . ";\n");
}
$t->write("a tree/src/$_/main.cpp", "int main() {}\n") for qw(worker ctl);
$t->write('a tree/src/module/gate/gate.hpp', '');
$t->write('a tree/src/store/lua/step.lua', "return 'first'\n");
my ($embed) = slurp("$root/src/store/lua.cpp") =~ /\A(.*?)^WEBHOOK_LUA/ms;
$t->write('a tree/src/store/lua.cpp', "${embed}WEBHOOK_LUA(step)\n");
$t->write('a tree/src/store/lua.hpp',
    "#include <string_view>\nnamespace webhook::store::lua { std::string_view step(); }\n");

# say/*: what the compiler tells about versions. log: what was compiled, "begin" and "end". hold: it waits
# before it ends.
script('bin/cxx', <<'EOT');
top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
if [[ " $* " == *" --version "* ]]; then cat "$top/say/compiler"; exit; fi
if [[ " $* " == *" -E "* ]]; then cat > /dev/null; cat "$top/say/libraries"; exit; fi
for last; do :; done
echo "begin $last" >> "$top/log"
until [ ! -e "$top/hold" ]; do sleep 0.02; done
g++ "$@"; status=$?
echo "end $last" >> "$top/log"
exit $status
EOT
$t->write('say/compiler', "g++ (Test) 12.2.0\n");
$t->write('say/libraries', "= boost 108100\n= hiredis 0 . 14 . 1\n= openssl \"3.0.19\"\n");

# nginx' sources: configure writes a Makefile that "compiles" the files of src/module, as nginx' own would.
$t->write('ngx/src/core/nginx.h', qq{#define NGINX_VERSION      "1.22.1"\n});
script('ngx/configure', <<'EOT');
top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
printf '%s\n' "$@" > "$top/configured"
[ ! -e "$top/no-configure" ] || { echo "configure: no way"; exit 1; }
mkdir -p objs
echo '#define NGX 1' > objs/ngx_auto_config.h
so=objs/ngx_http_webhook_module.so
objects=
rules=
for source in addon/src/module/*/*.cpp; do
    object=objs/$(basename "$source" .cpp).o
    objects="$objects $object"
    rules="$rules$object: $source\n\t\"$top/bin/cxx\" -c -fPIC -o $object $source\n"
done
{
    printf 'modules: %s\n' $so
    printf '%s:%s\n\tcc -o %s%s -shared\n' $so "$objects" $so "$objects"
    printf "$rules"
} > objs/Makefile
EOT

sub compiled () {
    my @files = slurp($t->file('log')) =~ /^end (?:addon\/)?(.*\.cpp)$/mg;
    return [ sort @files ];
}
# A compiler is given as words, so that its path must have no blanks, wherever the tests run.
my $links = tempdir(CLEANUP => 1);
symlink $t->file('bin/cxx'), "$links/cxx";
my @with = ((map { "$_=$links/cxx" } qw(CXX MODULE_CC)), 'NGX_SRC=' . $t->file('ngx'), 'WARN=');
# build(WORDS...): runs make there; {exit, out, err, compiled}
sub build (@words) {
    spew($t->file('log'), '');
    my $result = $t->run([ 'make', @with, @words ], cwd => $tree, timeout => 300);
    $result->{compiled} = compiled();
    return $result;
}

my @all = sort map { "src/$_.cpp" }
    qw(base/text event/source signature/keys/key signature/model/scheme store/lease store/lua endpoint/url),
    qw(worker/core worker/main ctl/time ctl/main module/gate/gate module/redis/link worker/send/sender);
my @of_module = grep { m{^src/module/} } @all;

# --- what is made, and in which order ---
my $first = build('-j1');
is $first->{exit}, 0, 'make' or diag $first->{out}, $first->{err};
is_deeply $first->{compiled}, \@all, 'each file is compiled, once: what module and programs share, too';
my @lines = slurp($t->file('log')) =~ /^begin (?:addon\/)?(\S+\.cpp)/mg;
is_deeply [ grep { !m{^src/(?:base|event|signature|store)/} } @lines ]->[0], 'src/module/gate/gate.cpp',
    'the module first';
my @steps = $first->{out} =~ /^\[ *(\d+)\/(\d+)\] +\S/mg;
my $total = @steps / 2;
is_deeply \@steps, [ map { $_, $total } 1 .. $total ], 'steps are counted, 1 of N to N of N'
    or diag $first->{out};
like $first->{out}, qr{^\[ *\d+/$total\] CXX +\Q$_\E$}m, "a step: $_" for @all;
like $first->{out}, qr{^\[ *\d+/$total\] LINK +build/\Q$_\E$}m, "a step: $_"
    for qw(ngx_http_webhook_module.so webhook-worker webhookctl);
is_deeply build()->{compiled}, [], 'again: nothing';

# --- jobs ---
sub most_at_once () {
    my ($now, $most) = (0, 0);
    for (slurp($t->file('log')) =~ /^(begin|end) .*\.cpp/mg) {
        $now += $_ eq 'begin' ? 1 : -1;
        $most = $now if $now > $most;
    }
    return $most;
}
$t->run([ 'make', 'clean' ], cwd => $tree);
build('-j1');
is most_at_once(), 1, 'make -j1: one job';
$t->run([ 'make', 'clean' ], cwd => $tree);
spew($t->file('hold'), '');
my $several = $t->start_process('make', [ 'make', '-C', $tree, @with, 'JOBS=3' ]);
spew($t->file('log'), '');
ok wait_for('three jobs', sub { most_at_once() == 3 }), 'make: JOBS of them';

# A target that calls make for its build hands the jobs on.
sub jobs_of (@words) {
    $t->run([ 'make', 'clean' ], cwd => $tree);
    spew($t->file('log'), '');
    spew($t->file('hold'), '');
    my $make = $t->start_process('nested',
        [ 'make', '-C', $tree, @with, @words, '-o', 'deps-test', 'build-sanitize' ]);
    my $good = wait_for("three jobs of make @words", sub { most_at_once() == 3 });
    unlink $t->file('hold');
    wait_for('its end', sub { !$make->alive });
    $make->started_again;
    return $good;
}
# --- two at once: one lock ---
my $second = $t->start_process('second', [ 'make', '-C', $tree, @with, 'programs' ]);
ok wait_for('the second make', sub { $second->output =~ /another make builds in build: waiting/ }),
    'a second make waits and says so';
unlink $t->file('hold');
wait_for('both', sub { !$several->alive && !$second->alive });
is_deeply compiled(), \@all, 'and finds all made';
ok jobs_of($_), "make $_, of a target that calls make" for '-j3', 'JOBS=3';
$t->run([ 'make', 'clean' ], cwd => $tree);
build('-j2');

# --- what makes it again ---
sub holds ($text) { return index(slurp("$tree/build/libwebhook.a"), "return '$text'\n") >= 0 }
ok holds('first'), 'a script of Lua is embedded';
$t->write('a tree/src/store/lua/step.lua', "return 'second'\n");
is_deeply build()->{compiled}, ['src/store/lua.cpp'], 'an edited script of Lua: what embeds it';
ok holds('second'), 'its new text';
my @programs = grep { !/module/ } @all;
spew($t->file('say/libraries'), "= boost 108300\n= hiredis 0 . 14 . 1\n= openssl \"3.0.19\"\n");
is_deeply build()->{compiled}, \@programs, 'another Boost: all but the module, which has none';
spew($t->file('say/libraries'), "= boost 108300\n= hiredis 1 . 2 . 0\n= openssl \"3.0.19\"\n");
is_deeply build()->{compiled}, \@all, 'another hiredis: all';
like slurp("$tree/build/flags"), qr/^hiredis 1\.2\.0$/m, 'build/flags names it';
spew($t->file('say/compiler'), "g++ (Test) 14.2.0\n");
is_deeply build()->{compiled}, \@all, 'another compiler: all';
is_deeply build('OPT=-O0')->{compiled}, \@all, 'other flags: all';
is_deeply build('OPT=-O0', 'MODULE_CC_OPT=-O0 -DX=1')->{compiled}, \@of_module,
    'other flags of the module';
like slurp($t->file('configured')), qr/^--with-cc-opt=-O0 -DX=1$/m, 'which configure is given';
$t->write('ngx/src/core/nginx.h', qq{#define NGINX_VERSION      "1.22.1"\nint patched;\n});
utime 0, 0, $t->file('ngx/src/core/nginx.h');
is_deeply build('OPT=-O0', 'MODULE_CC_OPT=-O0 -DX=1')->{compiled}, \@of_module,
    'other headers of nginx, of the same version and older: the module';
is_deeply build('OPT=-O0', 'MODULE_CC_OPT=-O0 -DX=1')->{compiled}, [], 'and then nothing';

# --- a module that does not fit ends it at once ---
spew($t->file('no-configure'), '');
$t->run([ 'make', 'clean' ], cwd => $tree);
my $failed = build();
isnt $failed->{exit}, 0, 'configure fails: so does make';
like $failed->{err}, qr/no way/, 'and shows why';
is_deeply [ grep { m{/(?:worker|ctl)/} } @{ $failed->{compiled} } ], [], 'no program was compiled';
unlink $t->file('no-configure');
$t->write('a tree/src/module/gate/gate.cpp', 'int gate = nonsense;');
$failed = build();
isnt $failed->{exit}, 0, 'the module does not compile: so does make';
is_deeply [ grep { m{/(?:worker|ctl)/} } @{ $failed->{compiled} } ], [], 'no program was compiled';

done_testing;
