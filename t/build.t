#!/usr/bin/perl

# What was built: the module exports nginx' symbols and nothing else, programs say who they are, make's lists
# are true.

use v5.36;
use Cwd qw(abs_path);
use File::Spec::Functions qw(abs2rel);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $root = $t->root;
my $build = $t->build_dir;

my $symbols = $t->run([ 'nm', '-D', '--defined-only', "$build/ngx_http_webhook_module.so" ]);
is_deeply [ sort $symbols->{out} =~ /^\S+ \S (\S+)$/mg ],
    [qw(ngx_http_webhook_module ngx_module_names ngx_module_order ngx_modules)],
    'the module exports only what nginx looks for';

my ($version) = slurp("$root/src/base/version.hpp") =~ /"([\d.]+)"/;
for my $program (qw(webhookctl webhook-worker)) {
    my $result = $t->run([ "$build/$program", '--version' ]);
    is $result->{exit}, 0, "$program --version";
    like $result->{out} . $result->{err}, qr/\Q$version\E/, "$program: its version";
    is $t->run([ "$build/$program", '--no-such-option' ])->{exit} != 0, 1,
        "$program: an unknown option is an error";
}

# make help lists every target that is meant to be called, and each exists.
my $makefile = slurp("$root/Makefile");
my $help = $t->run([ 'make', '-s', '-C', $root, 'help' ])->{out};
for my $target (
    qw(all module programs run demo test test-sanitize sdk bench fuzz check install uninstall clean help deps)
) {
    like $help, qr/^  make \Q$target\E +\S/m, "make help: $target";
    like $makefile, qr/^\Q$target\E:/m, "Makefile: $target";
}

# make install puts everything where it is told to.
SKIP: {
    skip 'a sanitized build is not installed', 1 if $ENV{TEST_SANITIZE};
    my $to = $t->file('install root');
    my $result = $t->run(
        [
            'make', '-s', '-C', $root, "BUILD=" . abs2rel($build, $root), "DESTDIR=$to", 'PREFIX=/usr', '-o',
            'all', 'install'
        ],
        timeout => 300
    );
    is $result->{exit}, 0, 'make install' or diag $result->{out}, $result->{err};
    for my $file (
        qw(bin/webhookctl bin/webhook-worker lib/nginx/modules/ngx_http_webhook_module.so
           share/doc/nginx-webhook/README.md share/nginx-webhook/log_format.conf
           share/nginx-webhook/webhook-worker.service share/doc/nginx-webhook/LICENSE
           share/doc/nginx-webhook/docs/directives.md share/doc/nginx-webhook/docs/recipes/stripe.md)
    ) {
        ok -s "$to/usr/$file", "installed: $file";
    }
    my %installed = ((map { $_ => "bin/$_" } qw(webhookctl webhook-worker)),
        'ngx_http_webhook_module.so' => 'lib/nginx/modules/ngx_http_webhook_module.so');
    for my $name (sort keys %installed) {
        my $path = "$to/usr/$installed{$name}";
        my $debug = "$to/usr/lib/debug/usr/$installed{$name}.debug";
        my $sections = $t->run([ 'objdump', '-h', $path ])->{out};
        unlike $sections, qr/\.debug_(?:info|line)/, "installed without what only debuggers read: $name";
        like $t->run([ 'objdump', '-s', '-j', '.gnu_debuglink', $path ])->{out}, qr/Contents/,
            "and names the file that has it";
        like $t->run([ 'objdump', '-h', $debug ])->{out}, qr/\.debug_line/, "which lies apart";
        cmp_ok -s $path, '<', (-s "$build/$name") / 2, 'and is smaller by it';
        is +(stat $path)[2] & 0777, $name =~ /\.so$/ ? 0644 : 0755, "its mode";
    }
    is $t->run([ "$to/usr/bin/$_", '--version' ])->{exit}, 0, "$_ runs" for qw(webhookctl webhook-worker);
    like slurp("$to/usr/share/nginx-webhook/webhook-worker.service"),
        qr{^ExecStart=/usr/bin/webhook-worker }m, 'the unit names the program where it was put';
    for my $link (slurp("$to/usr/share/doc/nginx-webhook/README.md") =~ /\]\(([^):#]+)/g) {
        ok -e "$to/usr/share/doc/nginx-webhook/$link", "installed README: link to $link";
    }
    $t->run([ 'make', '-s', '-C', $root, "DESTDIR=$to", 'PREFIX=/usr', 'uninstall' ]);
    is_deeply [ split /\n/, $t->run([ 'find', $to, '-type', 'f' ])->{out} ], [],
        'make uninstall leaves nothing';
}

# The libraries that a machine needs are in docs/operations.md: the packages of what the files are linked
# with, in the columns of both.
sub needed ($file) {
    my %path = $t->run([ 'ldd', $file ])->{out} =~ /^\s*(\S+) => (\/\S+)/mg;
    my %package;
    for my $name ($t->run([ 'readelf', '-d', $file ])->{out} =~ /\(NEEDED\).*\[(.*)\]/g) {
        next if $name =~ /^(?:libc|libm|libgcc_s|ld-linux.*|libasan|libubsan)\.so/;
        my $path = abs_path($path{$name});    # which dpkg may know without /usr
        my ($owner) =
            $t->run([ 'dpkg-query', '-S', $path, $path =~ s{^/usr}{}r ])->{out} =~ /^([^:\s]+)[:,]/m;
        $package{ $owner // $name } = 1;
    }
    return [ sort keys %package ];
}
SKIP: {
    my ($debian) = slurp('/etc/os-release') =~ /^VERSION_ID="?(\d+)/m;
    skip 'the table is of Debian 12 and 13', 1
        if slurp('/etc/os-release') !~ /^ID=debian$/m || $debian !~ /^1[23]$/;
    my ($table) = slurp("$root/docs/operations.md") =~ /^### Libraries\n(.*?)^###/ms;
    my @rows = map { [ map { s/^\s+|\s+$//gr } split /\|/ ] } grep { /`z?lib/ } split /\n/, $table;
    my %column = ('ngx_http_webhook_module.so' => 2, 'webhook-worker' => 3, webhookctl => 4);
    for my $file (sort keys %column) {
        my @told =
            map { $_->[ $debian == 12 ? 5 : 6 ] =~ /`(.*)`/ } grep { $_->[ $column{$file} ] eq 'yes' } @rows;
        is_deeply [ sort @told ], needed("$build/$file"), "docs/operations.md: the libraries of $file";
    }
}

done_testing;
