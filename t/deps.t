#!/usr/bin/perl

# make deps: asks apt for what is missing and for nothing else, not at all when nothing is missing, keeps apt
# from starting servers, and checks what is there afterwards. dpkg, apt, the compiler and nginx are played by
# scripts here.

use v5.36;
use File::Basename qw(basename);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $calls = $t->file('calls');
my $policy = $t->file('policy-rc.d');

sub script ($name, $text) {
    my $path = $t->write("bin/$name", "#!/bin/bash\n$text");
    chmod 0755, $path;
}

spew($t->file('table'), "        500 http://mirror.example/debian bookworm/main amd64 Packages\n" x 3000);

# installed and known: files with a package (and version) a line. apt-get update makes everything known.
# apt-cache goes on after the line that is looked for, for longer than a pipe holds.
script('dpkg-query', 'grep -qx -- "${@: -1}" ../installed && echo -n installed');
script('apt-cache', <<'EOT');
line=$(grep -- "^$2 " ../known) && { echo "$2:"; echo "  Candidate: ${line#* }"; }
cat ../table
EOT
script('apt-get', <<'EOT');
ask() {
    for what in nginx redis-server nginx.service redis-server.service; do
        for action in start '(start)' restart '(restart)' stop; do
            ../policy-rc.d --quiet "$what" "$action" || echo "no $what $action $?" >> ../asked
        done
    done
}
while [ "${1#-}" != "$1" ]; do case $1 in -o) shift 2 ;; *) shift ;; esac; done
case $1 in
    update) echo "apt-get update" >> ../calls; [ ! -e ../offline ] || exit 100; cp ../world ../known; rm -f ../stale ;;
    install)
        shift
        names=(); for name; do case $name in -*) ;; *) names+=("$name") ;; esac; done
        echo "apt-get install ${names[*]}" >> ../calls
        [ ! -e ../policy-rc.d ] || { cp ../policy-rc.d ../policy-seen; ask; }
        [ ! -e ../stale ] || exit 100
        [ ! -e ../stop ] || { kill -TERM $PPID; sleep 1; exit 1; }
        printf '%s\n' "${names[@]}" >> ../installed
        [[ " ${names[*]} " != *" libboost"* ]] || sed -i "s/^= boost .*/= boost $(cat ../boost)/" ../headers ;;
esac
EOT
script('g++',
    'case $1 in --version) echo "g++ (Debian 12.2.0-14) 12.2.0" ;; *) cat > /dev/null; cat ../headers ;; esac'
);
script('nginx', 'echo "nginx version: nginx/$(cat ../nginx)" >&2');
script('id', 'cat ../user');
my $deps = slurp($t->root . '/src/make/deps.sh');
my ($groups) = $deps =~ /^declare -A group=\((.*?)^\)/ms;
my %group = map { /\[(\w+)\]="(.*?)"/s ? ($1 => [ split ' ', $2 ]) : () } $groups =~ /(\[\w+\]=".*?")/sg;
my @all = map { @$_ } @group{qw(run test)};
cmp_ok scalar @all, '>', 15, 'packages';

my $ngx_src = $t->file('ngx');
$t->write('ngx/src/core/nginx.h', qq{#define NGINX_VERSION      "1.22.1"\n});
my %headers = (
    coroutines => 'present', boost => 108100, 'boost-beast' => 'present', 'boost-awaitable' => 'present',
    openssl => '"3.0.19"', hiredis => '0 . 14 . 1',
    'yajl-parse' => 'present', expat => '2 . 5 . 0', utf8proc => '2 . 8 . 0', xxhash => 801,
    cli11 => '"2.1.2"', fmt => 90100, spdlog => '1 . 10 . 0',
    'nlohmann-json' => '3 . 11 . 2', gtest => 'present'
);

# deps(installed => [...], known => [...], stale => 1, headers => {...}): exit code and apt-get calls; the
# rest is in $last.
my $last;
sub deps (%arg) {
    my %is = (%headers, %{ $arg{headers} // {} });
    my @world = map { /^\S+ / ? $_ : "$_ 1.0" }
        @{ $arg{world} // [ @all, 'libboost-dev 1.74.0.3', 'libboost1.81-dev 1.81.0-5' ] };
    spew($t->file('installed'), join '', map { "$_\n" } @{ $arg{installed} // [] });
    spew($t->file('world'), join '', map { "$_\n" } @world);
    spew($t->file('known'), join '', map { /^\S+ / ? "$_\n" : "$_ 1.0\n" } @{ $arg{known} // [] });
    spew($t->file('headers'), join '', map { "= $_ $is{$_}\n" } sort keys %is);
    spew($t->file('boost'), $arg{boost} // 108100);
    spew($t->file('nginx'), $arg{nginx} // '1.22.1');
    spew($t->file('user'), ($arg{user} // 0) . "\n");
    spew($calls, '');
    $arg{$_} ? spew($t->file($_), '') : unlink $t->file($_) for qw(stale offline stop);
    unlink map { $t->file($_) } qw(policy-seen asked);
    my %env = (PATH => $t->file('bin') . ':' . ($arg{path} // $ENV{PATH}), POLICY_RC_D => $policy,
        NGX_SRC => $ngx_src, CXX => 'g++');
    $last = $t->run([ $t->root . '/src/make/deps.sh', @{ $arg{groups} // [qw(run test)] } ],
        cwd => $t->file('bin'), env => \%env);
    return ($last->{exit}, split /\n/, slurp($calls));
}

is_deeply [ deps(installed => \@all) ], [0], 'all there: no apt' or diag $last->{err};
my @but_two = grep { !/^(?:nginx-dev|valgrind)$/ } @all;
is_deeply [ deps(installed => \@but_two, known => \@all) ], [ 0, 'apt-get install nginx-dev valgrind' ],
    'two missing: only they are installed';
is_deeply [ deps(installed => \@but_two) ], [ 0, 'apt-get update', 'apt-get install nginx-dev valgrind' ],
    'apt does not know them: update first';
is_deeply [ deps(installed => \@but_two, known => \@all, stale => 1) ],
    [ 0, 'apt-get install nginx-dev valgrind', 'apt-get update', 'apt-get install nginx-dev valgrind' ],
    'lists too old: update and again';
is_deeply [ deps(headers => { boost => 'missing' }) ],
    [ 0, 'apt-get update', "apt-get install @all libboost1.81-dev" ], 'a bare machine: all of it';

# --- which Boost ---
for my $case (
    [ 'Debian 12', 'libboost1.81-dev', 108100, 'libboost-dev 1.74.0.3', 'libboost1.81-dev 1.81.0-5' ],
    [
        'Debian 13', 'libboost-dev', 108300, 'libboost-dev 1.83.0.2+b2', 'libboost1.83-dev 1.83.0-4',
        'libboost1.88-dev 1.88.0-1'
    ],
) {
    my ($name, $package, $version, @world) = @$case;
    my %seen;
    for my $boost (('missing', 107400) x 4) {
        my ($exit, $install) = deps(
            installed => \@all, known => \@world, world => \@world, boost => $version,
            headers => { boost => $boost }
        );
        $seen{$install}++;
    }
    is_deeply [ sort grep { /install/ } keys %seen ], ["apt-get install $package"],
        "Boost on $name: always the same one";
}

# --- servers are not started ---
deps(installed => [ grep { !/^(?:nginx|redis-server)$/ } @all ], known => \@all);
is $last->{exit}, 0, 'nginx and redis-server are new' or diag $last->{err};
like $last->{out},
    qr/not started now:.*(?:nginx \(port 80\).*redis-server \(port 6379\)|redis-server \(port 6379\).*nginx \(port 80\))/,
    'what apt would start is said before';
is slurp($t->file('asked')),
    join('', map { "no $_ 101\n" } 'nginx start', 'nginx (start)', 'redis-server start',
    'redis-server (start)', 'nginx.service start', 'redis-server.service start'),
    'they may not start, but what runs may start again';
ok !-e $policy, 'the policy is gone again';
deps(installed => \@but_two, known => \@all);
ok !-e $t->file('policy-seen'), 'no server is new: no policy';
deps(installed => [], known => \@all, stop => 1);
is $last->{exit}, 143, 'ended by TERM while apt installs';
ok -e $t->file('policy-seen') && !-e $policy, 'the policy is gone then, too';
spew($policy, "#!/bin/sh\nexit 0\n");
chmod 0755, $policy;
deps(installed => [], known => \@all);
is slurp($policy), "#!/bin/sh\nexit 0\n", 'a policy that was there stays';
like $last->{out}, qr/policy-rc\.d decides whether apt starts.*port 80/, 'and that it decides is said';
unlink $policy;

# --- what cannot be ---
# A machine without sudo.
mkdir $t->file('tools');
symlink $_, $t->file('tools/') . basename($_) for grep { !/sudo/ } map { glob "$_/*" } qw(/usr/bin /usr/sbin);
is_deeply [ deps(user => 1000, headers => { boost => 'missing' }, path => $t->file('tools')) ], [1],
    'no root: no apt';
like $last->{err}, qr/only root/, 'no root: says so';
like $last->{err}, qr/\Q$_\E/, "no root: names $_" for @all, 'libboost1.81-dev';
is_deeply [ deps(installed => \@but_two, offline => 1) ], [ 1, 'apt-get update' ], 'no network';
like $last->{err}, qr/apt-get update failed.*network/, 'no network: says what to look at';
is_deeply [ deps(groups => [qw(run nonsense)]) ], [1], 'no such group';
like $last->{err}, qr/no group "nonsense"/, 'no such group: named';

# --- installed, but not there ---
for my $name (sort keys %headers) {
    next if $name eq 'boost' || $name eq 'boost-beast';
    deps(installed => \@all, headers => { $name => 'missing' });
    is $last->{exit}, 1, "$name cannot be found: an error";
    like $last->{err}, qr/^  \Q$name\E: the compiler does not find it/m, "$name: named";
}
deps(installed => \@all, headers => { boost => 107400 }, boost => 107400);
like $last->{err}, qr/boost is 107400, at least 108100 is needed/, 'the Boost that was installed is too old';
is $last->{exit}, 1, 'which is an error';
deps(installed => \@all, headers => { hiredis => '0 . 13 . 3' });
like $last->{err}, qr/hiredis is 0\.13\.3, at least 0\.14 is needed/, 'hiredis is too old';
deps(installed => \@all, nginx => '1.29.8');
is $last->{exit}, 1, 'nginx and its headers differ: an error';
like $last->{err}, qr/nginx is 1\.29\.8 but its headers \(\Q$ngx_src\E\) are of 1\.22\.1/,
    'both versions are named';

done_testing;
