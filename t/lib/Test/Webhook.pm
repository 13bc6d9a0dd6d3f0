package Test::Webhook;

# A test with real processes: see README.md in t/lib. Core modules of perl only.

use v5.36;
use Cwd qw(abs_path);
use Exporter 'import';
use File::Basename qw(basename dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Test::More ();
use Test::Webhook::Clock;
use Test::Webhook::Ending qw(done_testing);
use Test::Webhook::Json;
use Test::Webhook::Sign;
use Test::Webhook::Wait;
use parent qw(
    Test::Webhook::Configuration
    Test::Webhook::Parts
    Test::Webhook::Requests
    Test::Webhook::Commands
    Test::Webhook::Ending
);

my @test_more = grep { $_ ne 'done_testing' } @Test::More::EXPORT;
Test::More->import(import => \@test_more);
our @EXPORT = (
    @test_more, @Test::Webhook::Sign::EXPORT, @Test::Webhook::Wait::EXPORT, @Test::Webhook::Json::EXPORT,
    'done_testing'
);

# A test that calls make itself must see none of what the make that calls the tests was given.
my @of_make = qw(
    MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS BUILD V CXX CXXFLAGS LDFLAGS OPT SANITIZE MODULE
    MODULE_CC MODULE_CC_OPT MODULE_LD_OPT NGX_SRC PREFIX DESTDIR DEBUGDIR MODULES_DIR JOBS JOBFLAG
);
delete @ENV{@of_make};

my $root = abs_path(dirname(__FILE__) . '/../../..');

sub root ($self) { return $root }

# keep => 1: leave the folder. The test's folder is BUILD/t/NAME-XXXX.
sub new ($class, %arg) {
    my $build = $ENV{TEST_BUILD} // "$root/build";
    $build = "$root/$build" if $build !~ m{^/};
    make_path("$build/t");
    my $name = basename($0, '.t');
    my $dir = tempdir("$name-XXXX", DIR => abs_path("$build/t"));
    $ENV{ASAN_OPTIONS} = "log_path='$dir/asan':detect_stack_use_after_return=0";
    $ENV{UBSAN_OPTIONS} = "print_stacktrace=1";
    my $self = bless { %arg, build => abs_path($build), dir => $dir, owner => $$, ports => {}, parts => [],
        allow => [], guards => [] }, $class;
    $self->_opened;
    return $self;
}

sub dir ($self) { return $self->{dir} }
sub build_dir ($self) { return $self->{build} }
sub file ($self, $name) { return "$self->{dir}/$name" }

# clock(SECONDS): ->preload(sub { start... }), ->set(SECONDS).
sub clock ($self, $seconds) { return Test::Webhook::Clock->new($self, $seconds) }

# write('secrets/stripe', 'text'): the path of a new file in the test's folder.
sub write ($self, $name, $text) {
    make_path(dirname("$self->{dir}/$name"));
    return spew("$self->{dir}/$name", $text);
}

1;
