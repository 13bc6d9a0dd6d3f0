#!/usr/bin/perl

# make deps: asks apt for what is missing and for nothing else, and not at all when nothing is missing. dpkg and apt are
# played by scripts here.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $calls = $t->file('calls');

sub script ($name, $text) {
    my $path = $t->write("bin/$name", "#!/bin/bash\n$text");
    chmod 0755, $path;
}

# installed and known: files with a package a line. apt-get update makes everything known.
script('dpkg-query', 'grep -qx -- "${@: -1}" ../installed && echo -n installed');
script('apt-cache', 'grep -qx -- "$2" ../known && echo "  Candidate: 1.0"; exit 0');
script('apt-get', <<'EOT');
echo "apt-get $*" >> ../calls
case $1 in
    update) cp ../world ../known; rm -f ../stale ;;
    install) [ ! -e ../stale ] || exit 100; shift; for name; do case $name in -*) ;; *) echo "$name" >> ../installed ;; esac; done ;;
esac
EOT
script('id', 'echo 0');

my ($groups) = slurp($t->root . '/src/make/deps.sh') =~ /^declare -A group=\((.*?)^\)/ms;
my %group = map { /\[(\w+)\]="(.*?)"/s ? ($1 => [ split ' ', $2 ]) : () } $groups =~ /(\[\w+\]=".*?")/sg;
my @all = map { @$_ } @group{qw(run test)};
cmp_ok scalar @all, '>', 15, 'packages';

# deps(installed => [...], known => [...], stale => 1): exit code and apt-get calls
sub deps (%arg) {
    spew($t->file($_), join '', map { "$_\n" } @{ $arg{$_} // [] }) for qw(installed known);
    spew($t->file('world'), join '', map { "$_\n" } @all, 'libboost1.81-dev');
    spew($calls, '');
    $arg{stale} ? spew($t->file('stale'), '') : unlink $t->file('stale');
    my $result = $t->run([ $t->root . '/src/make/deps.sh', qw(run test) ], cwd => $t->file('bin'), env => { PATH => $t->file('bin') . ":$ENV{PATH}" });
    return ($result->{exit}, map { s/ -\S+//gr } split /\n/, slurp($calls));
}

is_deeply [ deps(installed => \@all) ], [0], 'all there: no apt';
my @but_two = grep { !/^(?:nginx-dev|valgrind)$/ } @all;
is_deeply [ deps(installed => \@but_two, known => \@all) ], [ 0, 'apt-get install nginx-dev valgrind' ], 'two missing: only they are installed';
is_deeply [ deps(installed => \@but_two) ], [ 0, 'apt-get update', 'apt-get install nginx-dev valgrind' ], 'apt does not know them: update first';
is_deeply [ deps(installed => \@but_two, known => \@all, stale => 1) ],
    [ 0, 'apt-get install nginx-dev valgrind', 'apt-get update', 'apt-get install nginx-dev valgrind' ], 'lists too old: update and again';
is_deeply [ deps ], [ 0, 'apt-get update', "apt-get install @all" ], 'a bare machine: all of it';

done_testing;
